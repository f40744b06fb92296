-- Echoes what the server works on, where nothing else of the user's shows progress.

local M = {}

---Plugins that show it.
local SHOWN_BY = { 'fidget', 'noice', 'mini.notify', 'snacks.notifier', 'lsp-progress' }

---@return boolean
local function wanted()
  local option = require('llm-ls.config').get().progress
  if option ~= 'auto' then
    return option == true
  end
  for _, name in ipairs(SHOWN_BY) do
    if package.loaded[name] then
      return false
    end
  end
  return true
end

---@param text string
---@return string cut so that it never asks for <Enter>
local function fitting(text)
  local room = vim.o.columns * math.max(vim.o.cmdheight, 1) - 13
  return vim.fn.strdisplaywidth(text) <= room and text or vim.fn.strcharpart(text, 0, room - 1) .. '…'
end

---@param token string|integer
---@param value {kind: string, title?: string, message?: string}
function M.echo(token, value)
  if vim.fn.mode():match('^[cr]') or not wanted() then -- the line is in use
    return
  end
  local text = table.concat({ value.title, value.message }, ': ')
  if value.kind == 'end' and not value.message then
    text = ''
  end
  if vim.fn.has('nvim-0.12') == 1 then
    vim.api.nvim_echo({ { fitting(value.message or '') } }, false, {
      id = 'llm-ls.' .. token,
      kind = 'progress',
      source = 'llm-ls',
      title = value.title,
      status = value.kind == 'end' and 'success' or 'running',
    })
  elseif vim.fn.mode() == 'n' then
    vim.api.nvim_echo({ { fitting(text), 'LlmLsHint' } }, false, {})
  end
end

return M
