-- A question and its answer, and a conversation of them as the server takes it.

local M = {}

---@class llm_ls.chat.Exchange
---@field question string
---@field items llm_ls.chat.Item[]
---@field action? string Which code action's question it is; `question` may add to it.
---@field answer string
---@field thinking table[] What the vendor wants back with the answer.
---@field model? string
---@field usage? {inputTokens: integer, outputTokens: integer, costUsd?: number}
---@field stop_reason? string
---@field sent? table What was sent last, the params of `llm-ls/chat`.

---@param question string
---@param items llm_ls.chat.Item[]
---@param action? string
---@return llm_ls.chat.Exchange
function M.new(question, items, action)
  return { question = question, items = items, action = action, answer = '', thinking = {} }
end

---Forget the answer, so that it can be asked again.
---@param exchange llm_ls.chat.Exchange
function M.reset(exchange)
  exchange.answer, exchange.thinking = '', {}
  exchange.model, exchange.usage, exchange.stop_reason = nil, nil, nil
end

---Take in what one `ChatEvent` says beside text.
---@param exchange llm_ls.chat.Exchange
---@param event table
function M.add(exchange, event)
  if event.type == 'message_start' or event.type == 'model' then
    exchange.model = event.model
  elseif event.type == 'thinking_end' then
    table.insert(exchange.thinking, { text = event.text, provider = event.provider, state = event.state })
  elseif event.type == 'usage' then
    exchange.usage = event.usage
  elseif event.type == 'message_end' then
    exchange.stop_reason = event.stopReason
  end
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

---The params of `llm-ls/chat` that ask `exchange` after `earlier`, of which only what was answered counts.
---@param earlier llm_ls.chat.Exchange[]
---@param exchange llm_ls.chat.Exchange
---@param model? string
---@return table
function M.params(earlier, exchange, model)
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
    model = model,
  }
end

---@param count integer
---@return string
local function tokens(count)
  return count < 10000 and tostring(count) or ('%.1fk'):format(count / 1000)
end

---What an answer cost, in one line; what is not known is left out.
---@param exchange llm_ls.chat.Exchange
---@return string
function M.summary(exchange)
  local parts = { exchange.model }
  local usage = exchange.usage
  if usage then
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
  return table.concat(parts, ' · ')
end

return M
