-- A conversation that the server kept, put into a chat as it was.

local answer = require('llm-ls.chat.answer')
local exchanges = require('llm-ls.chat.exchange')
local prompt = require('llm-ls.chat.prompt')

local M = {}

---@class llm_ls.chat.Summary As the server lists conversations.
---@field id string
---@field title string
---@field workspace? string The uri of a folder.
---@field model? string
---@field createdAt string ISO 8601, UTC.
---@field updatedAt string
---@field turns integer
---@field usage llm_ls.Usage

---@class llm_ls.chat.Step Of an answer that is more than text.
---@field type 'text'|'thinking'|'tool'
---@field text string Of the first two.
---@field id string Of a call of a tool, and so are the others.
---@field name string
---@field input table<string, any>
---@field content? string
---@field isError? boolean

---@class llm_ls.chat.KeptTurn
---@field id string
---@field role 'user'|'assistant'|'summary'
---@field content string|{type: string, text?: string}[]
---@field context? llm_ls.chat.Attached[]
---@field steps? llm_ls.chat.Step[]
---@field model? string
---@field usage? llm_ls.Usage
---@field stopReason? string
---@field cutOff? boolean
---@field alternatives? string[] The ids of others in its place.

---@class llm_ls.chat.Conversation: llm_ls.chat.Summary
---@field turns llm_ls.chat.KeptTurn[]

---The text of what somebody said.
---@param content string|{type: string, text?: string}[]
---@return string
function M.text(content)
  if type(content) == 'string' then
    return content
  end
  return table.concat(
    vim.tbl_map(function(part)
      return part.text or ('(%s)'):format(part.type)
    end, content),
    '\n'
  )
end

---@param chat llm_ls.chat.Chat
---@param turn llm_ls.chat.KeptTurn
local function add_question(chat, turn)
  local text = vim.trim(M.text(turn.content))
  prompt.add(chat.view, text, {})
  local shown = prompt.ask(chat.view)
  answer.attached(chat.view, shown, turn.context or {})
  answer.others(chat.view, shown.you, #(turn.alternatives or {}))
  local exchange = exchanges.new(text, {})
  exchange.question_id = turn.id
  table.insert(chat.exchanges, exchange)
end

---@param chat llm_ls.chat.Chat
---@param exchange llm_ls.chat.Exchange
---@param step llm_ls.chat.Step
local function add_step(chat, exchange, step)
  local shown = assert(chat.view.turns[#chat.view.turns])
  if step.type == 'tool' then
    local call = { id = step.id, name = step.name, input = step.input }
    call.content, call.is_error = step.content, step.isError
    table.insert(exchange.calls, call)
    answer.call(chat.view, shown, call)
  elseif step.type == 'text' then
    exchange.answer = exchange.answer .. step.text
    answer.grow(chat.view, shown, step.text)
  elseif vim.trim(step.text) ~= '' then
    answer.think(chat.view, shown, step.text)
  end
end

---@param chat llm_ls.chat.Chat
---@param turn? llm_ls.chat.KeptTurn Nil if no answer came.
---@param is_last boolean
local function add_answer(chat, turn, is_last)
  local exchange, shown = chat.exchanges[#chat.exchanges], chat.view.turns[#chat.view.turns]
  answer.begin(chat.view, shown)
  answer.others(chat.view, assert(shown.assistant), #(turn and turn.alternatives or {}))
  local note, footer ---@type string?, string?
  if not turn then
    note = 'No answer came.'
  elseif turn.cutOff then
    note = 'The answer was stopped or cut off.'
  end
  if note and is_last then
    note = note .. '\n`gr` asks again.'
  end
  if turn then
    for _, step in
      ipairs(turn.steps or {
        { type = 'text', text = M.text(turn.content) } --[[@as llm_ls.chat.Step]],
      })
    do
      add_step(chat, exchange, step)
    end
    exchange.model, exchange.usage, exchange.stop_reason = turn.model, turn.usage, turn.stopReason
    exchange.answer_id = turn.id
    footer = exchanges.summary(exchange)
  end
  answer.finish(chat.view, shown, note, footer)
end

---Show that what is above is sent as a summary.
---@param chat llm_ls.chat.Chat
---@param turn llm_ls.chat.KeptTurn
function M.add_summary(chat, turn)
  local exchange = chat.exchanges[#chat.exchanges]
  if exchange then
    exchange.answer_id = turn.id
    answer.summarise(chat.view, assert(chat.view.turns[#chat.view.turns]), M.text(turn.content))
  end
end

---@param chat llm_ls.chat.Chat Without questions, answers and a prompt.
---@param conversation llm_ls.chat.Conversation
function M.fill(chat, conversation)
  chat.conversation, chat.title, chat.spent = conversation.id, conversation.title, conversation.usage
  local asked = false
  for index, turn in ipairs(conversation.turns) do
    if asked and turn.role ~= 'assistant' then
      add_answer(chat, nil, false)
    end
    local following = conversation.turns[index + 1]
    local asks_for_summary = following ~= nil and following.role == 'summary'
    asked = turn.role == 'user' and not asks_for_summary
    if asked then
      add_question(chat, turn)
    elseif turn.role == 'summary' then
      M.add_summary(chat, turn)
    elseif turn.role == 'assistant' and chat.exchanges[1] then
      add_answer(chat, turn, index == #conversation.turns)
    end
  end
  if asked then
    add_answer(chat, nil, true)
  end
end

return M
