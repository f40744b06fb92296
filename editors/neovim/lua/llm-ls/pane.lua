-- Text that is only read: a small window over the others, or a split.

local M = {}

---@class llm_ls.PaneOptions
---@field title? string
---@field filetype? string
---@field split? boolean

---@param lines string[]
---@return integer width
---@return integer height
local function size(lines)
  local width = 1
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  return math.min(width, vim.o.columns - 4), math.min(#lines, vim.o.lines - 6)
end

---@param name string Of the buffer; the one of that name is replaced.
---@param lines string[]
---@param options llm_ls.PaneOptions
---@return integer bufnr
function M.open(name, lines, options)
  local from = vim.api.nvim_get_current_win()
  local before = vim.fn.bufnr(name)
  if before ~= -1 then
    vim.api.nvim_buf_delete(before, { force = true })
  end
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(bufnr, name)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].bufhidden = 'wipe'
  if options.split then
    vim.cmd('botright split')
    vim.api.nvim_win_set_buf(0, bufnr)
    vim.wo[0][0].wrap = true
    vim.wo[0][0].linebreak = true
  else
    local width, height = size(lines)
    vim.api.nvim_open_win(bufnr, true, {
      relative = 'editor',
      width = width,
      height = height,
      row = math.floor((vim.o.lines - height) / 2) - 1,
      col = math.floor((vim.o.columns - width) / 2),
      style = 'minimal',
      border = 'rounded',
      title = options.title,
    })
  end
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].filetype = options.filetype or ''
  for _, key in ipairs({ 'q', '<Esc>' }) do
    vim.keymap.set('n', key, function()
      if not pcall(vim.api.nvim_win_close, 0, true) then
        vim.cmd.bwipeout()
      end
      if vim.api.nvim_win_is_valid(from) then
        vim.api.nvim_set_current_win(from)
      end
    end, { buffer = bufnr, nowait = true, desc = 'close' })
  end
  return bufnr
end

return M
