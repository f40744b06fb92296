-- The windows of a chat: where it opens, how it looks, and where code is put from it.

local M = {}

local WIDE_COLUMNS = 140

---@param win integer
---@return boolean
local function holds_file(win)
  local bufnr = vim.api.nvim_win_get_buf(win)
  return vim.api.nvim_win_get_config(win).relative == '' and vim.bo[bufnr].buftype == ''
end

---How a chat looks in a window that shows it.
---@param chat llm_ls.chat.Chat
---@param win integer
function M.set_up(chat, win)
  local options = vim.wo[win][0]
  options.foldmethod = 'manual'
  options.foldtext = "v:lua.require'llm-ls.chat.folds'.text()"
  options.foldenable = true
  options.foldminlines = 0
  options.fillchars = 'fold: '
  options.wrap = true
  options.linebreak = true
  options.breakindent = true
  options.conceallevel = 0 -- Markdown's colours would hide characters of code and arithmetic
  options.number = false
  options.relativenumber = false
  options.signcolumn = 'no'
  options.colorcolumn = ''
  options.spell = false
  options.list = false
  options.winbar = "%{%v:lua.require'llm-ls.chat.window'.winbar()%}"
  require('llm-ls.chat.folds').restore(win, require('llm-ls.chat.view').folded(chat.view))
end

---@param chat llm_ls.chat.Chat
---@return string
local function keys(chat)
  if chat.compacting then
    return 'compacting … q stops'
  elseif chat.running then
    return 'q stops'
  end
  return vim.startswith(vim.api.nvim_get_mode().mode, 'i') and '<C-s> sends' or '<CR> sends'
end

---The line above a chat: its model, what it has cost so far, and what it is called; while it is drawn, its window is
---the current one.
---@return string
function M.winbar()
  local chat = require('llm-ls.chat').of(vim.api.nvim_get_current_buf())
  if not chat then
    return ''
  end
  local status = require('llm-ls.client').status
  local parts = { chat.model or (status and status.model) or 'llm-ls' }
  local spent = require('llm-ls.money').spent(chat.spent)
  if spent ~= '' then
    table.insert(parts, spent)
  end
  table.insert(parts, chat.title)
  local right = ('· %s · g? keys '):format(keys(chat))
  local width = vim.api.nvim_win_get_width(0) - vim.api.nvim_strwidth(right) - 2
  local said = require('llm-ls.chat.fit').text(table.concat(parts, ' · '), width):gsub('%%', '%%%%')
  return ('%%#LlmLsChatBar# %s %%=%s'):format(said, right)
end

---Show a chat and go there.
---@param chat llm_ls.chat.Chat
---@param modifiers? string Those of the command, such as `tab`.
function M.show(chat, modifiers)
  local from = vim.api.nvim_get_current_win()
  if holds_file(from) then
    chat.source = from
  end
  for _, win in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    if vim.api.nvim_win_get_buf(win) == chat.bufnr then
      vim.api.nvim_set_current_win(win)
      return
    end
  end
  -- Another chat gives its window up: one place for all of them.
  for _, win in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local other = require('llm-ls.chat').of(vim.api.nvim_win_get_buf(win))
    if other and not modifiers then
      chat.source = chat.source or other.source
      vim.api.nvim_win_set_buf(win, chat.bufnr)
      vim.api.nvim_set_current_win(win)
      return
    end
  end
  local wide = vim.o.columns >= WIDE_COLUMNS
  local split = (require('llm-ls.config').get().chat or {}).split
  modifiers = modifiers or split ~= 'auto' and split or (wide and 'botright vertical' or 'botright')
  vim.cmd(('%s split'):format(modifiers))
  vim.api.nvim_win_set_buf(0, chat.bufnr)
end

---The window that code is put into: where the user came from, else any that shows a file.
---@param chat llm_ls.chat.Chat
---@return integer?
function M.source(chat)
  local wins = vim.api.nvim_tabpage_list_wins(0)
  local previous = vim.fn.win_getid(vim.fn.winnr('#'))
  for _, win in ipairs({ previous, chat.source or 0, unpack(wins) }) do
    if vim.list_contains(wins, win) and holds_file(win) then
      return win
    end
  end
end

return M
