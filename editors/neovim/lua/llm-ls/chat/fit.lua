-- Cuts what stands in one line of a chat to the width of its window, so that one sees that there is more.

local M = {}

---@param text string
---@param width integer
---@return string
function M.text(text, width)
  if vim.api.nvim_strwidth(text) <= width then
    return text
  end
  local count = math.min(vim.fn.strchars(text), math.max(0, width))
  while count > 0 and vim.api.nvim_strwidth(vim.fn.strcharpart(text, 0, count)) > width - 1 do
    count = count - 1
  end
  return vim.fn.strcharpart(text, 0, count) .. '…'
end

---The columns of the narrowest window of a buffer; those of the screen if it has none.
---@param bufnr integer
---@return integer
function M.width(bufnr)
  local width = vim.o.columns
  for _, window in ipairs(vim.fn.win_findbuf(bufnr)) do
    width = math.min(width, vim.api.nvim_win_get_width(window) - vim.fn.getwininfo(window)[1].textoff)
  end
  return width
end

---Chunks of virtual text, those that do not fit left out.
---@param chunks [string, string][]
---@param width integer
---@return [string, string][]
function M.chunks(chunks, width)
  local fitting = {}
  for _, chunk in ipairs(chunks) do
    local text = M.text(chunk[1], width)
    if width > 0 then
      table.insert(fitting, { text, chunk[2] })
    end
    width = text == chunk[1] and width - vim.api.nvim_strwidth(text) or 0
  end
  return fitting
end

return M
