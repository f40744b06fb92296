-- What the user changed in earlier questions and answers of a chat: what is seen is what is read.

local marks = require('llm-ls.chat.marks')
local view = require('llm-ls.chat.view')

local M = {}

---@class llm_ls.chat.Change A question that reads otherwise now.
---@field index integer
---@field question string
---@field items llm_ls.chat.Item[] What is still attached.

---@param chat llm_ls.chat.Chat
---@param sentence string
function M.say_once(chat, sentence)
  if not chat.told[sentence] then
    chat.told[sentence] = true
    require('llm-ls.say').info(sentence)
  end
end

---The question of an exchange as it stands in the buffer, with its answer and what is still attached.
---@param chat llm_ls.chat.Chat
---@param index integer
---@return string question
---@return string answer
---@return llm_ls.chat.Item[] items
local function seen(chat, index)
  local exchange, turn = chat.exchanges[index], chat.view.turns[index]
  local question, answer = view.read(chat.view, turn)
  local valid, items = marks.valid(chat.view, turn.attached), {}
  for number, id in ipairs(turn.attached) do
    if vim.list_contains(valid, id) then
      table.insert(items, exchange.items[number])
    end
  end
  turn.attached = valid
  return question, answer, items
end

---Take over what the user changed in earlier turns of a conversation that no server keeps.
---@param chat llm_ls.chat.Chat
function M.take_over(chat)
  for index, exchange in ipairs(chat.exchanges) do
    local question, text, items = seen(chat, index)
    exchange.question, exchange.items = question, items
    -- Blank lines at its end are not in the buffer.
    if vim.trim(text) ~= vim.trim(exchange.answer) then
      exchange.answer, exchange.thinking = text, {}
    end
    if question == '' and not exchange.action then
      exchange.answer = ''
    end
  end
end

---The questions that the user has changed in a conversation that the server keeps, in order.
---@param chat llm_ls.chat.Chat
---@return llm_ls.chat.Change[]
function M.of(chat)
  local changed = {}
  for index, exchange in ipairs(chat.exchanges) do
    local question, text, items = seen(chat, index)
    if question ~= exchange.question or #items < #exchange.items then
      table.insert(changed, { index = index, question = question, items = items })
    elseif not changed[1] and vim.trim(text) ~= vim.trim(exchange.answer) then
      M.say_once(chat, 'answers are sent as they were given; change a question instead')
    end
  end
  return changed
end

return M
