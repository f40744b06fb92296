-- Whether suggestions are wanted: in a buffer, else for its filetype, else at all.

local say = require('llm-ls.say')

local M = {}

---@type table<string, boolean?> What the user has said of filetypes in this session.
local filetypes = {}
---@type boolean? What the user has said at all in this session.
local everywhere

local ACTIONS = { 'on', 'off', 'toggle', 'default' }
-- What is said of a later one counts more.
local SCOPES = { 'global', 'filetype', 'buffer' }

---@param filetype string
---@return boolean?
local function of_filetype(filetype)
  local said = filetypes[filetype]
  if said ~= nil then
    return said
  end
  local inline = assert(require('llm-ls.config').get().inline_completion)
  return assert(inline.filetypes)[filetype]
end

---Whether they are wanted where nothing else is said.
---@return boolean
function M.at_all()
  if everywhere ~= nil then
    return everywhere
  end
  return assert(require('llm-ls.config').get().inline_completion).enabled == true
end

---Whether they are wanted in a buffer, and what says so.
---@param bufnr integer
---@return boolean
---@return 'buffer'|'filetype'|'global'
function M.state(bufnr)
  local buffer = vim.b[bufnr].llm_inline
  if buffer ~= nil then
    return buffer ~= false and buffer ~= 0, 'buffer'
  end
  local filetype = of_filetype(vim.bo[bufnr].filetype)
  if filetype ~= nil then
    return filetype, 'filetype'
  end
  return M.at_all(), 'global'
end

---@param bufnr integer
---@return boolean
function M.on(bufnr)
  return (M.state(bufnr))
end

---@param bufnr integer
---@param scope string
---@return boolean
local function state_of(bufnr, scope)
  if scope == 'global' then
    return M.at_all()
  elseif scope == 'filetype' then
    local on = of_filetype(vim.bo[bufnr].filetype)
    return on == nil and M.at_all() or on == true
  end
  return M.on(bufnr)
end

---@param bufnr integer
---@param scope string
---@param on? boolean Nil: as if nothing had been said.
local function set(bufnr, scope, on)
  if scope == 'global' then
    everywhere = on
  elseif scope == 'filetype' then
    filetypes[vim.bo[bufnr].filetype] = on
  else
    vim.b[bufnr].llm_inline = on
  end
end

---@param bufnr integer
---@param scope string
---@return string
local function place(bufnr, scope)
  if scope == 'buffer' then
    return ' in this buffer (vim.b.llm_inline)'
  end
  return scope == 'filetype' and (' where the filetype is %q'):format(vim.bo[bufnr].filetype) or ''
end

---Do what was asked for; what that was, where something else still counts more in this buffer.
---@param bufnr integer
---@param action string
---@param scope string
---@return string?
local function change(bufnr, action, scope)
  local on ---@type boolean?
  if action ~= 'default' then
    on = action == 'on' or (action == 'toggle' and not state_of(bufnr, scope))
  end
  set(bufnr, scope, on)
  require('llm-ls.inline').refresh_all()
  require('llm-ls.next_edit').refresh_all()
  local _, by = M.state(bufnr)
  if vim.fn.index(SCOPES, by) > vim.fn.index(SCOPES, scope) then
    local what = on == nil and 'taken back' or on and 'turned on' or 'turned off'
    return what .. (scope == 'global' and ' where nothing else is said' or place(bufnr, scope))
  end
end

---Why nothing may come here of what is asked for.
---@param bufnr integer
---@return string?
local function trouble(bufnr)
  local client = require('llm-ls.client').get()
  if client and not vim.lsp.buf_is_attached(bufnr, client.id) then
    return 'llm-ls does not know this buffer'
  end
  return require('llm-ls.status').trouble()
end

---`:Llm inline [on|off|toggle|default] [global|filetype|buffer]`; without a word it says how it stands.
---@param arguments llm_ls.Arguments
function M.command(arguments)
  local action, scope = arguments.words[1], arguments.words[2] or 'global'
  local bufnr = arguments.bufnr
  if action and not (vim.list_contains(ACTIONS, action) and vim.list_contains(SCOPES, scope)) then
    say.error(('usage: :Llm inline [%s] [%s]'):format(table.concat(ACTIONS, '|'), table.concat(SCOPES, '|')))
    return
  end
  local parts = {} ---@type string[]
  parts[1] = action and change(bufnr, action, scope) or nil
  local on, by = M.state(bufnr)
  table.insert(parts, ('suggestions are %s%s'):format(on and 'asked for' or 'off', place(bufnr, by)))
  if on and not action then
    table.insert(parts, 'settings may have none for this language, project or file')
  end
  local problem = on and trouble(bufnr) or nil
  parts[#parts + 1] = problem
  if not require('llm-ls.inline').possible() then
    table.insert(parts, 'of ghost text there is none before Neovim 0.12')
  end
  local tell = problem and say.warn or say.info
  tell(table.concat(parts, '; '))
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local second = line:match('inline%s+%S+%s') ~= nil
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, second and SCOPES or ACTIONS)
end

return M
