-- Which words of changed lines differ.

local M = {}

---@class llm_ls.Mark A piece of a line, in byte columns from 0, the end exclusive.
---@field line integer The index of the line, from 1.
---@field first integer
---@field last integer

local MOST_WORDS = 4000
local LEAST_SHARED = 0.3

---@diagnostic disable-next-line: deprecated Neovim 0.11 has no other.
M.diff = (vim.text and vim.text.diff or vim.diff) --[[@as fun(a: string, b: string, options: table): integer[][] ]]

---A change as `vim.diff` tells it: the first line and the count of the old text, and of the new.
---@param change integer[]
---@return integer, integer, integer, integer
function M.parts(change)
  return change[1], change[2], change[3], change[4]
end

---@param lines string[]
---@return string[] words
---@return llm_ls.Mark[] places
local function split(lines)
  local words, places = {}, {}
  for number, line in ipairs(lines) do
    local at = 1
    while at <= #line do
      local word = line:match('^[%w_\128-\255]+', at) or line:match('^%s+', at) or line:sub(at, at)
      table.insert(words, word)
      table.insert(places, { line = number, first = at - 1, last = at - 1 + #word })
      at = at + #word
    end
  end
  return words, places
end

---@param places llm_ls.Mark[]
---@param first integer
---@param count integer
---@param marks llm_ls.Mark[]
local function add(places, first, count, marks)
  for index = first, first + count - 1 do
    local place, last = places[index], marks[#marks]
    if last and last.line == place.line and last.last == place.first then
      last.last = place.last
    else
      table.insert(marks, vim.deepcopy(place))
    end
  end
end

---The words that go and those that come; none where little is left as it was.
---@param old string[]
---@param new string[]
---@return llm_ls.Mark[] gone
---@return llm_ls.Mark[] come
function M.changed(old, new)
  local old_words, old_places = split(old)
  local new_words, new_places = split(new)
  if #old_words == 0 or #new_words == 0 or #old_words + #new_words > MOST_WORDS then
    return {}, {}
  end
  local text = function(words)
    return table.concat(words, '\n') .. '\n'
  end
  local gone, come, kept = {}, {}, #old_words
  for _, change in ipairs(M.diff(text(old_words), text(new_words), { result_type = 'indices' })) do
    local old_first, old_count, new_first, new_count = M.parts(change)
    add(old_places, old_first, old_count, gone)
    add(new_places, new_first, new_count, come)
    kept = kept - old_count
  end
  if kept / math.max(#old_words, #new_words) < LEAST_SHARED then
    return {}, {}
  end
  return gone, come
end

return M
