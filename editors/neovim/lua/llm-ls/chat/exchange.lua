-- A question and its answer, and a conversation of them as the server takes it.

local M = {}

---@class llm_ls.Usage
---@field inputTokens integer
---@field outputTokens integer
---@field costUsd? number

---@class llm_ls.chat.Exchange
---@field question string
---@field items llm_ls.chat.Item[]
---@field action? string Which code action's question it is; `question` may add to it.
---@field answer string
---@field thinking table[] What the vendor wants back with the answer.
---@field calls llm_ls.chat.Call[] The calls of tools in the answer.
---@field model? string
---@field usage? llm_ls.Usage
---@field stop_reason? string
---@field sent? table What was sent last, the params of `llm-ls/chat`.
---@field question_id? string Of the question's turn in the conversation that the server keeps.
---@field answer_id? string Of the last turn of the answer there.

---@param question string
---@param items llm_ls.chat.Item[]
---@param action? string
---@return llm_ls.chat.Exchange
function M.new(question, items, action)
  return { question = question, items = items, action = action, answer = '', thinking = {}, calls = {} }
end

---Forget the answer, so that it can be asked again.
---@param exchange llm_ls.chat.Exchange
function M.reset(exchange)
  exchange.answer, exchange.thinking, exchange.calls = '', {}, {}
  exchange.model, exchange.usage, exchange.stop_reason, exchange.answer_id = nil, nil, nil, nil
end

---Take in what one `ChatEvent` says beside text.
---@param exchange llm_ls.chat.Exchange
---@param event table
function M.add(exchange, event)
  if event.type == 'message_start' then
    exchange.model = event.model
    if event.conversationId then
      exchange.question_id, exchange.answer_id = event.questionId, event.messageId
    end
  elseif event.type == 'model' then
    exchange.model = event.model
  elseif event.type == 'thinking_end' then
    table.insert(exchange.thinking, { text = event.text, provider = event.provider, state = event.state })
  elseif event.type == 'usage' then
    exchange.usage = event.usage
  elseif event.type == 'message_end' then
    exchange.stop_reason = event.stopReason
  end
end

---Whether an answer holds anything.
---@param exchange llm_ls.chat.Exchange
---@return boolean
function M.answered(exchange)
  return exchange.answer ~= '' or exchange.calls[1] ~= nil
end

---The question as the conversation holds it once it is answered.
---@param exchange llm_ls.chat.Exchange
---@return string
local function asked(exchange)
  if not exchange.action then
    return exchange.question
  end
  local words = exchange.question == '' and '' or '\n\n' .. exchange.question
  return ('(%s)%s'):format(exchange.action, words)
end

---The turn that the next question follows; empty at the beginning.
---@param earlier llm_ls.chat.Exchange[]
---@return string
local function last_turn(earlier)
  for index = #earlier, 1, -1 do
    local past = assert(earlier[index])
    if past.answer_id and M.answered(past) then
      return past.answer_id
    end
  end
  return ''
end

---Of a conversation that the server keeps: the question alone, and where it belongs.
---@param conversation string
---@param earlier llm_ls.chat.Exchange[]
---@param exchange llm_ls.chat.Exchange
---@return table
local function kept(conversation, earlier, exchange)
  if exchange.question_id then
    return { conversationId = conversation, regenerate = true, after = exchange.question_id }
  end
  local context = require('llm-ls.chat.context').to_protocol(exchange.items)
  return {
    conversationId = conversation,
    after = last_turn(earlier),
    message = exchange.question ~= '' and exchange.question or nil,
    action = exchange.action,
    context = context[1] and context or nil,
  }
end

---Of one that no server keeps: all of it, of which only what was answered counts.
---@param earlier llm_ls.chat.Exchange[]
---@param exchange llm_ls.chat.Exchange
---@return table
local function whole(earlier, exchange)
  local messages, items = {}, {}
  for _, past in ipairs(earlier) do
    if past.answer ~= '' then
      vim.list_extend(items, past.items)
      table.insert(messages, { role = 'user', content = asked(past) })
      local thinking = past.thinking[1] and past.thinking or nil
      table.insert(messages, { role = 'assistant', content = past.answer, thinking = thinking })
    end
  end
  local context = require('llm-ls.chat.context').to_protocol(vim.list_extend(items, exchange.items))
  return {
    messages = messages[1] and messages or nil,
    message = exchange.question ~= '' and exchange.question or nil,
    action = exchange.action,
    context = context[1] and context or nil,
  }
end

---The params of `llm-ls/chat` that ask `exchange` after `earlier`.
---A first question begins a conversation that the server keeps; one that is older keeps none, and names none.
---@param conversation? string
---@param earlier llm_ls.chat.Exchange[]
---@param exchange llm_ls.chat.Exchange
---@param model? string
---@return table
function M.params(conversation, earlier, exchange, model)
  local params = conversation and kept(conversation, earlier, exchange) or whole(earlier, exchange)
  return vim.tbl_extend('force', params, { model = model })
end

---What an answer cost, in one line; what is not known is left out, as all may be of one that was cut off.
---@param exchange llm_ls.chat.Exchange
---@return string?
function M.summary(exchange)
  local tokens = require('llm-ls.money').tokens
  local parts = { exchange.model ~= '' and exchange.model or nil }
  local usage = exchange.usage
  if usage and usage.inputTokens + usage.outputTokens > 0 then
    table.insert(parts, ('%s in, %s out tokens'):format(tokens(usage.inputTokens), tokens(usage.outputTokens)))
    if usage.costUsd then
      table.insert(parts, require('llm-ls.money').text(usage.costUsd))
    end
  end
  if exchange.stop_reason == 'max_tokens' then
    table.insert(parts, 'ended at its token limit')
  elseif exchange.stop_reason == 'refusal' then
    table.insert(parts, 'the model refused')
  end
  return parts[1] and table.concat(parts, ' · ')
end

return M
