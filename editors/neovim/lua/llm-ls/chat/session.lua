-- A conversation under way: it asks, lets the answer stream into the buffer, and ends it however it ends.

local answer = require('llm-ls.chat.answer')
local calls = require('llm-ls.chat.calls')
local changes = require('llm-ls.chat.changes')
local client = require('llm-ls.client')
local exchanges = require('llm-ls.chat.exchange')
local marks = require('llm-ls.chat.marks')
local money = require('llm-ls.money')
local prompt = require('llm-ls.chat.prompt')
local under_way = require('llm-ls.chat.running')
local view = require('llm-ls.chat.view')

local M = {}

---@class llm_ls.chat.Chat
---@field number integer
---@field bufnr integer
---@field view llm_ls.chat.View
---@field exchanges llm_ls.chat.Exchange[] One for each turn of the view.
---@field conversation? string The id of the one that the server keeps; nil before the first answer begins.
---@field title? string What that is called.
---@field spent? llm_ls.Usage What all of it has cost so far.
---@field model? string What is asked; nil is what the server uses.
---@field source? integer The window that the user came from.
---@field running? llm_ls.chat.Running
---@field compacting? fun() Stops what makes a summary of it.
---@field told table<string, true?> What is said once a chat.
---@field seen table<string, true?> The turns that were shown where there are several in one place.

---@param bufnr integer
---@param number integer
---@return llm_ls.chat.Chat
function M.new(bufnr, number)
  return { number = number, bufnr = bufnr, view = view.new(bufnr), exchanges = {}, told = {}, seen = {} }
end

---@param chat llm_ls.chat.Chat
---@return boolean
local function shown(chat)
  return vim.api.nvim_buf_is_loaded(chat.bufnr)
end

---Take the exchanges from `first` on away. The conversation keeps them.
---@param chat llm_ls.chat.Chat
---@param first integer
local function take_away(chat, first)
  if chat.exchanges[first] then
    changes.say_once(chat, 'what came after stays in the conversation; ga shows it')
  end
  chat.exchanges = vim.list_slice(chat.exchanges, 1, first - 1)
  chat.view.turns = vim.list_slice(chat.view.turns, 1, first - 1)
end

---@param chat llm_ls.chat.Chat
local function annotate(chat)
  local running = chat.running
  if running and shown(chat) then
    answer.annotate(chat.view, running.turn, under_way.activity(running), running.notices)
  end
end

---Why an answer is not whole, for the reader.
---@param exchange llm_ls.chat.Exchange
---@param err llm_ls.Error
---@return string
local function note(exchange, err)
  if err.cancelled then
    return 'Stopped. `gr` asks again.'
  end
  local cut = exchanges.answered(exchange) and 'The answer was cut off: ' or ''
  return ('%s%s\n`gr` asks again.'):format(cut, err.message)
end

---Put what was thought into the buffer, once something else comes.
---@param chat llm_ls.chat.Chat
---@param running llm_ls.chat.Running
local function end_thought(chat, running)
  local thought = table.concat(running.thought)
  running.thought = {}
  if vim.trim(thought) ~= '' and shown(chat) then
    running.batch.flush()
    answer.think(chat.view, running.turn, thought)
  end
end

---@param chat llm_ls.chat.Chat
---@param err llm_ls.Error?
---@param result table?
local function finish(chat, err, result)
  local running = assert(chat.running)
  local exchange = running.exchange
  running.batch.flush()
  end_thought(chat, running)
  chat.running = nil
  if result then
    exchange.usage, exchange.model = result.usage or exchange.usage, result.model or exchange.model
    exchange.thinking = result.thinking or exchange.thinking
  end
  chat.spent = money.sum(chat.spent, exchange.usage)
  if not shown(chat) then
    under_way.finish(running, chat.bufnr)
    return
  end
  answer.annotate(chat.view, running.turn, nil, running.notices)
  local footer = exchanges.answered(exchange) and exchanges.summary(exchange) or nil
  answer.finish(chat.view, running.turn, err and note(exchange, err) or nil, footer)
  prompt.add(chat.view, running.draft.text, running.draft.items)
  under_way.finish(running, chat.bufnr)
  vim.cmd.redrawstatus({ bang = true })
end

---Ask how the server calls a conversation that has just begun.
---@param chat llm_ls.chat.Chat
local function learn_title(chat)
  client.request('llm-ls/getConversation', { id = chat.conversation }, function(_, conversation)
    if conversation then
      chat.title = chat.title or conversation.title
      vim.cmd.redrawstatus({ bang = true })
    end
  end)
end

---@param chat llm_ls.chat.Chat
---@param event table A `ChatEvent`.
local function on_event(chat, event)
  local running = chat.running
  if not running or not shown(chat) then
    return
  end
  local exchange = running.exchange
  exchanges.add(exchange, event)
  if event.conversationId and not chat.conversation then
    chat.conversation = event.conversationId
    learn_title(chat)
  end
  if event.context then
    answer.attached(chat.view, running.turn, event.context)
  end
  local call = calls.add(exchange.calls, event)
  if call then
    end_thought(chat, running)
    running.batch.flush()
    answer.call(chat.view, running.turn, call)
    annotate(chat)
  elseif event.type == 'text_delta' then
    end_thought(chat, running)
    running.batch.add(event.text)
  elseif event.type == 'thinking_delta' then
    table.insert(running.thought, event.text)
  elseif event.type == 'notice' then
    table.insert(running.notices, event.message)
    annotate(chat)
  end
end

---The buffer that the conversation is about: the server has to know it as it is now.
---@param chat llm_ls.chat.Chat
---@return integer
function M.about(chat)
  for index = #chat.exchanges, 1, -1 do
    local item = chat.exchanges[index].items[1]
    if item and vim.api.nvim_buf_is_loaded(item.bufnr) then
      return item.bufnr
    end
  end
  return chat.bufnr
end

---Ask the last exchange, whose turn is the last of the view.
---@param chat llm_ls.chat.Chat
---@param draft {text: string, items: llm_ls.chat.Item[]}
local function ask(chat, draft)
  local index = #chat.exchanges
  local exchange, turn = chat.exchanges[index], chat.view.turns[index]
  local batch = require('llm-ls.chat.batch').new(function(text)
    exchange.answer = exchange.answer .. text
    if shown(chat) then
      answer.grow(chat.view, turn, text)
    end
  end)
  local running = under_way.begin(exchange, turn, draft, chat.bufnr, batch)
  exchanges.reset(exchange)
  answer.begin(chat.view, turn)
  local earlier = vim.list_slice(chat.exchanges, 1, index - 1)
  exchange.sent = exchanges.params(chat.conversation, earlier, exchange, chat.model)
  chat.running = running
  annotate(chat)
  under_way.animate(running, function()
    if chat.running == running then
      annotate(chat)
    end
  end)
  require('llm-ls.chat.focus').tell(chat, exchange.question)
  running.cancel = client.request('llm-ls/chat', exchange.sent, function(err, result)
    if chat.running == running then
      finish(chat, err, result)
    end
  end, {
    bufnr = M.about(chat),
    on_progress = function(event)
      if chat.running == running then
        on_event(chat, event)
      end
    end,
  })
end

---Ask an exchange again, in the place of its answer and of all that came after.
---@param chat llm_ls.chat.Chat
---@param index integer
---@param later? string[] Other questions that the user changed: they go into the prompt.
local function ask_again(chat, index, later)
  local text, items = prompt.read(chat.view)
  local turn = assert(chat.view.turns[index])
  chat.view.prompt = nil
  marks.cut(chat.view, assert(turn.assistant))
  take_away(chat, index + 1)
  ask(chat, { text = vim.trim(table.concat(vim.list_extend(later or {}, { text }), '\n\n')), items = items })
end

---A question that was changed is asked again, and one that was deleted goes with all that came after.
---@param chat llm_ls.chat.Chat
---@return boolean asked Whether one is asked now, and the prompt waits.
local function edited(chat)
  if not chat.conversation then
    changes.take_over(chat)
    return false
  end
  local changed = changes.of(chat)
  local first = changed[1]
  if not first then
    return false
  end
  local later = vim.tbl_map(function(change)
    return change.question
  end, vim.list_slice(changed, 2))
  local exchange = assert(chat.exchanges[first.index])
  if first.question ~= '' or exchange.action then
    exchange.question, exchange.items, exchange.question_id = first.question, first.items, nil
    ask_again(chat, first.index, later)
    return true
  end
  local text, items = prompt.read(chat.view)
  chat.view.prompt = nil
  marks.cut(chat.view, assert(chat.view.turns[first.index]).you)
  take_away(chat, first.index)
  prompt.add(chat.view, vim.trim(table.concat(vim.list_extend(later, { text }), '\n\n')), items)
  return false
end

---Send what stands in the prompt, or a question before it that was changed.
---@param chat llm_ls.chat.Chat
---@param action? string The code action whose question it is; the prompt may then be empty.
function M.send(chat, action)
  if chat.compacting then
    require('llm-ls.say').info('the conversation is being compacted; q stops it')
    return
  elseif chat.running then
    require('llm-ls.say').info('the answer is still coming; q stops it')
    return
  elseif edited(chat) then
    return
  end
  local text, items = prompt.read(chat.view)
  if text == '' and not action then
    local last = chat.exchanges[#chat.exchanges]
    if last and not exchanges.answered(last) then
      M.regenerate(chat)
    else
      require('llm-ls.say').info('write a question below "## You", then press <CR>')
    end
    return
  elseif text == '/compact' and not action then
    prompt.remove(chat.view)
    prompt.add(chat.view, '', items)
    require('llm-ls.chat.conversations').compact_chat(chat)
    return
  end
  table.insert(chat.exchanges, exchanges.new(text, items, action))
  prompt.ask(chat.view, action)
  ask(chat, { text = '', items = {} })
end

---Ask the last question again, in the place of its answer.
---@param chat llm_ls.chat.Chat
function M.regenerate(chat)
  if not chat.view.turns[#chat.exchanges] then
    require('llm-ls.say').info('nothing was asked yet')
    return
  end
  M.stop(chat)
  local count = #chat.exchanges
  if not edited(chat) and #chat.exchanges == count then
    ask_again(chat, count)
  end
end

---Stop the answer; what came of it stays.
---@param chat llm_ls.chat.Chat
---@return boolean stopped Whether one was coming.
function M.stop(chat)
  local cancel = chat.compacting or (chat.running and chat.running.cancel)
  if cancel then
    cancel()
  end
  return cancel ~= nil
end

---Change what stands before the prompt, which stays as it is.
---@param chat llm_ls.chat.Chat
---@param change fun()
function M.before_prompt(chat, change)
  local text, items = prompt.read(chat.view)
  prompt.remove(chat.view)
  change()
  prompt.add(chat.view, text, items)
end

---Take away all questions and answers, and put others in their place.
---@param chat llm_ls.chat.Chat
---@param fill? fun()
function M.replace(chat, fill)
  M.before_prompt(chat, function()
    if chat.view.turns[1] then
      marks.cut(chat.view, chat.view.turns[1].you)
    end
    chat.exchanges, chat.view.turns = {}, {}
    if fill then
      fill()
    end
  end)
end

---The exchange around `row`; nil in the prompt.
---@param chat llm_ls.chat.Chat
---@param row integer
---@return llm_ls.chat.Exchange?
---@return llm_ls.chat.Turn?
function M.exchange_at(chat, row)
  local found, shown_as ---@type llm_ls.chat.Exchange?, llm_ls.chat.Turn?
  if chat.view.prompt and row >= marks.place(chat.view, chat.view.prompt.head) then
    return nil
  end
  for index, turn in ipairs(chat.view.turns) do
    if not found or marks.place(chat.view, turn.you) <= row then
      found, shown_as = chat.exchanges[index], turn
    end
  end
  return found, shown_as
end

---What would be sent, or was: of the turn around `row`.
---@param chat llm_ls.chat.Chat
---@param row integer
---@return table? params Those of `llm-ls/chat`.
function M.params_at(chat, row)
  local text, items = prompt.read(chat.view)
  local prompt_row = chat.view.prompt and marks.place(chat.view, chat.view.prompt.head)
  if prompt_row and row >= prompt_row and text ~= '' then
    if not chat.conversation then
      changes.take_over(chat)
    end
    return exchanges.params(chat.conversation, chat.exchanges, exchanges.new(text, items), chat.model)
  end
  local exchange = M.exchange_at(chat, row) or chat.exchanges[#chat.exchanges]
  return exchange and (exchange.sent or exchanges.params(chat.conversation, {}, exchange, chat.model))
end

return M
