-- Whether suggestions are wanted: in a buffer, else for its filetype, else at all.

local say = require('llm-ls.say')

local M = {}

---@type table<string, boolean?> What the user has said of filetypes in this session.
local filetypes = {}
---@type boolean? What the user has said at all in this session.
local everywhere

local ACTIONS = { 'on', 'off', 'toggle' }
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

---@return boolean
local function at_all()
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
  return at_all(), 'global'
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
    return at_all()
  elseif scope == 'filetype' then
    local on = of_filetype(vim.bo[bufnr].filetype)
    return on == nil and at_all() or on == true
  end
  return M.on(bufnr)
end

---@param bufnr integer
---@param scope string
---@param on boolean
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
---@return string
local function sentence(bufnr)
  local on, by = M.state(bufnr)
  local word = on and 'on' or 'off'
  if by == 'buffer' then
    return ('suggestions are %s in this buffer (vim.b.llm_inline)'):format(word)
  elseif by == 'filetype' then
    return ('suggestions are %s for the filetype %q'):format(word, vim.bo[bufnr].filetype)
  end
  return 'suggestions are ' .. word
end

---`:Llm inline [on|off|toggle] [global|filetype|buffer]`; without a word it says how it stands.
---@param arguments llm_ls.Arguments
function M.command(arguments)
  local action, scope = arguments.words[1], arguments.words[2] or 'global'
  local bufnr = arguments.bufnr
  if action and not (vim.list_contains(ACTIONS, action) and vim.list_contains(SCOPES, scope)) then
    say.error(('usage: :Llm inline [%s] [%s]'):format(table.concat(ACTIONS, '|'), table.concat(SCOPES, '|')))
    return
  end
  if action then
    local on = action == 'on' or (action == 'toggle' and not state_of(bufnr, scope))
    set(bufnr, scope, on)
    require('llm-ls.inline').refresh_all()
    require('llm-ls.next_edit').refresh_all()
  end
  local needs = require('llm-ls.inline').possible() and '' or '; of ghost text there is none before Neovim 0.12'
  say.info(sentence(bufnr) .. needs)
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
