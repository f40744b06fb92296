-- Calls of tools in an answer: each a line that says what is called, with what went in and came out folded below it.

local M = {}

---@class llm_ls.chat.Call
---@field id string Not that of another call that runs; vendors may use it again for one of a later round.
---@field name string
---@field input? table<string, any>
---@field content? string What came of it; nil while it runs.
---@field is_error? boolean
---@field mark? integer Over its lines.

-- Neovim gives the text of a fold only its lines: this tells a call from thinking.
M.SIGN = '◆ '

-- What the server answers to a model whose call its user did not allow.
local NOT_ALLOWED = 'The user does not allow this call.'

local MOST_CHARS = 60

-- Whichever of these a tool has tells best what it is called with.
local TELLING = { 'path', 'file', 'pattern', 'query', 'command', 'symbol', 'name', 'title' }

---@param input table<string, any>
---@return string?
local function argument(input)
  local keys = vim.tbl_keys(input)
  table.sort(keys)
  for _, key in ipairs(vim.list_extend(vim.deepcopy(TELLING), keys)) do
    local value = input[key]
    if type(value) == 'string' and vim.trim(value) ~= '' then
      local first = vim.split(vim.trim(value), '\n', { plain = true })[1] or ''
      local shown = vim.fn.strcharpart(first, 0, MOST_CHARS)
      return shown == vim.trim(value) and shown or shown .. '…'
    end
  end
end

---@param content string
---@return string[]
local function lines_of(content)
  return vim.split((content:gsub('\r\n', '\n'):gsub('\n$', '')), '\n', { plain = true })
end

---Which tool is called with what, in a few words.
---@param call llm_ls.chat.Call
---@return string
function M.label(call)
  local with = argument(call.input or {})
  return with and ('%s %s'):format(call.name, with) or call.name
end

---The line that stands for a call.
---@param call llm_ls.chat.Call
---@return string
function M.title(call)
  if not call.content then
    return M.label(call)
  elseif call.is_error then
    return M.label(call) .. (call.content == NOT_ALLOWED and ' · not allowed' or ' · failed')
  end
  local count = call.content == '' and 0 or #lines_of(call.content)
  return ('%s · %s'):format(M.label(call), count == 1 and '1 line' or count .. ' lines')
end

---@param input table<string, any>
---@return string[]
local function input_lines(input)
  local lines = {}
  for key, value in vim.spairs(input) do
    if type(value) == 'string' and value:find('\n', 1, true) then
      table.insert(lines, key .. ':')
      for _, line in ipairs(lines_of(value)) do
        table.insert(lines, '  ' .. line)
      end
    else
      local text = type(value) == 'string' and value or vim.json.encode(value)
      table.insert(lines, ('%s: %s'):format(key, text))
    end
  end
  return lines
end

---A call as it stands in the chat, quoted so that no block in it opens one of the answer.
---@param call llm_ls.chat.Call
---@return string[]
function M.lines(call)
  local lines = { M.SIGN .. M.title(call) }
  if call.content then
    vim.list_extend(lines, input_lines(call.input or {}))
    if call.content ~= '' then
      table.insert(lines, '')
      vim.list_extend(lines, lines_of(call.content))
    end
  end
  return vim.tbl_map(function(line)
    return (('> ' .. line):gsub('%s+$', ''):gsub('%z', '\n'))
  end, lines)
end

---Take in what one `ChatEvent` says of a call; the call, if there is something new to show of it.
---@param calls llm_ls.chat.Call[] All of an answer.
---@param event table
---@return llm_ls.chat.Call?
function M.add(calls, event)
  if event.type == 'tool_use_start' then
    table.insert(calls, { id = event.id, name = event.name })
    return nil
  elseif event.type ~= 'tool_use_end' and event.type ~= 'tool_result' then
    return nil
  end
  for index = #calls, 1, -1 do
    local call = assert(calls[index])
    if call.id == event.id then
      call.input = event.input or call.input
      call.content, call.is_error = event.content, event.isError
      return call
    end
  end
end

return M
