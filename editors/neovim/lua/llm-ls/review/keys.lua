-- The keys that exist in a buffer while an edit is shown in it; afterwards they are what they were.

local M = {}

---@type table<integer, {lhs: string, before?: table<string, any>}[]?>
local held = {}

---@type table<string, string>
M.DOES = {
  next = 'go to the next hunk',
  prev = 'go to the previous hunk',
  accept = 'accept the hunk',
  reject = 'reject the hunk',
  accept_all = 'accept all hunks',
  reject_all = 'reject all hunks',
  next_edit = 'go to the next edit, or make it',
}

M.REVIEW = { 'next', 'prev', 'accept', 'reject', 'accept_all', 'reject_all' }
M.NEXT_EDIT = { 'next_edit', 'reject' }

---@param bufnr integer
---@param lhs string
---@return table<string, any>? the buffer's own map
local function own_map(bufnr, lhs)
  return vim.api.nvim_buf_call(bufnr, function()
    local map = vim.fn.maparg(lhs, 'n', false, true)
    return map.buffer == 1 and map or nil
  end)
end

---Take keys in `bufnr`, if none are taken.
---@param bufnr integer
---@param names string[] Of the option `keys`.
---@param act fun(name: string) What a key does, by its name in the option `keys`.
function M.take(bufnr, names, act)
  local keys = require('llm-ls.config').get().keys --[[@as llm_ls.ReviewKeys|false]]
  if held[bufnr] or not keys then
    return
  end
  local taken = {}
  held[bufnr] = taken
  for _, name in ipairs(names) do
    local lhs = keys[name] --[[@as string|false|nil]]
    if lhs then
      table.insert(taken, { lhs = lhs, before = own_map(bufnr, lhs) })
      vim.keymap.set('n', lhs, function()
        act(name)
      end, { buffer = bufnr, nowait = true, desc = 'llm-ls: ' .. M.DOES[name] })
    end
  end
end

---Give the keys back.
---@param bufnr integer
function M.give_back(bufnr)
  local taken = held[bufnr]
  held[bufnr] = nil
  if not taken or not vim.api.nvim_buf_is_valid(bufnr) then
    return
  end
  for _, key in ipairs(taken) do
    pcall(vim.keymap.del, 'n', key.lhs, { buffer = bufnr })
    if key.before then
      vim.api.nvim_buf_call(bufnr, function()
        vim.fn.mapset('n', false, key.before)
      end)
    end
  end
end

---@param lhs string
---@return string
local function shown(lhs)
  local leader, localleader = vim.g.mapleader or '\\', vim.g.maplocalleader or '\\'
  local text = lhs:gsub('<[Ll]ocal[Ll]eader>', function()
    return localleader == ' ' and '<Space>' or localleader
  end)
  return (text:gsub('<[Ll]eader>', function()
    return leader == ' ' and '<Space>' or leader
  end))
end

---@param chunks table[]
---@return fun(name: string, text: string) add Names a key of the option `keys`, and what it does.
local function naming(chunks)
  local keys = require('llm-ls.config').get().keys or {}
  return function(name, text)
    if keys[name] then
      table.insert(chunks, { ' ' .. shown(keys[name]), 'LlmLsHintKey' })
      table.insert(chunks, { ' ' .. text .. ' ', 'LlmLsHint' })
    end
  end
end

---The line that names the keys of a next edit, as chunks of virtual text.
---@param title string
---@param does string What the first of them does.
---@return table[]
function M.next_edit_hint(title, does)
  local chunks = { { (' %s '):format(title), 'LlmLsHint' } }
  local name = naming(chunks)
  name('next_edit', does)
  name('reject', 'dismiss')
  return chunks
end

---The line that names the keys, as chunks of virtual text.
---@param parts {number: integer, count: integer, failed: integer, files: integer, does?: string}
---@return table[]
function M.hint(parts)
  local chunks = parts.does and { { (' %s '):format(parts.does), 'LlmLsHint' } } or {}
  if parts.count > 1 or not parts.does then
    table.insert(chunks, { (' hunk %d/%d '):format(parts.number, parts.count), 'LlmLsHint' })
  end
  local name = naming(chunks)
  name('accept', 'accept')
  name('reject', 'reject')
  if parts.count > 1 or parts.files > 1 then
    local all = parts.files > 1 and (' all %d files'):format(parts.files) or ' all'
    name('next', 'next')
    name('accept_all', 'accept' .. all)
    name('reject_all', 'reject' .. all)
  end
  if parts.failed > 0 then
    local fit = parts.failed == 1 and 'fits' or 'fit'
    table.insert(chunks, { (' %d no longer %s, :Llm retry '):format(parts.failed, fit), 'WarningMsg' })
  end
  return chunks
end

return M
