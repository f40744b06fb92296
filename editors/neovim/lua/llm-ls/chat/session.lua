-- A conversation under way: it asks, lets the answer stream into the buffer, and ends it however it ends.

local answer = require('llm-ls.chat.answer')
local exchanges = require('llm-ls.chat.exchange')
local marks = require('llm-ls.chat.marks')
local prompt = require('llm-ls.chat.prompt')
local view = require('llm-ls.chat.view')

local M = {}

---@class llm_ls.chat.Chat
---@field number integer
---@field bufnr integer
---@field view llm_ls.chat.View
---@field exchanges llm_ls.chat.Exchange[] One for each turn of the view.
---@field model? string What is asked; nil is what the server uses.
---@field source? integer The window that the user came from.
---@field running? llm_ls.chat.Running

---@class llm_ls.chat.Running
---@field exchange llm_ls.chat.Exchange
---@field turn llm_ls.chat.Turn
---@field batch llm_ls.chat.Batch
---@field cancel fun()
---@field timer uv.uv_timer_t
---@field began_ms integer
---@field notices string[]
---@field thought string[] What is not in the buffer yet.
---@field draft {text: string, items: llm_ls.chat.Item[]} What the next prompt begins with.
---@field undolevels integer

local FRAMES = { '⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏' }
local FRAME_MS = 120

---@param bufnr integer
---@param number integer
---@return llm_ls.chat.Chat
function M.new(bufnr, number)
  return { number = number, bufnr = bufnr, view = view.new(bufnr), exchanges = {} }
end

---@param chat llm_ls.chat.Chat
---@return boolean
local function shown(chat)
  return vim.api.nvim_buf_is_loaded(chat.bufnr)
end

---Take over what the user changed in earlier turns: what is seen is what is sent.
---@param chat llm_ls.chat.Chat
local function take_over(chat)
  for index, exchange in ipairs(chat.exchanges) do
    local question, text = view.read(chat.view, chat.view.turns[index])
    exchange.question = question
    -- Blank lines at its end are not in the buffer.
    if vim.trim(text) ~= vim.trim(exchange.answer) then
      exchange.answer, exchange.thinking = text, {}
    end
    if question == '' and not exchange.action then
      exchange.answer = ''
    end
  end
end

---@param running llm_ls.chat.Running
---@return string
local function activity(running)
  local ms = vim.uv.now() - running.began_ms
  local frame = FRAMES[math.floor(ms / FRAME_MS) % #FRAMES + 1]
  local doing = running.thought[1] and 'thinking · ' or ''
  return ('%s %s · %s%d s'):format(frame, running.exchange.model or 'asking', doing, math.floor(ms / 1000))
end

---@param chat llm_ls.chat.Chat
local function annotate(chat)
  local running = chat.running
  if running and shown(chat) then
    answer.annotate(chat.view, running.turn, activity(running), running.notices)
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
  local cut = exchange.answer ~= '' and 'The answer was cut off: ' or ''
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
  running.timer:stop()
  running.timer:close()
  chat.running = nil
  if result then
    exchange.usage, exchange.model = result.usage or exchange.usage, result.model or exchange.model
    exchange.thinking = result.thinking or exchange.thinking
  end
  if not shown(chat) then
    return
  end
  answer.annotate(chat.view, running.turn, nil, running.notices)
  local footer = exchange.answer ~= '' and exchanges.summary(exchange) or nil
  answer.finish(chat.view, running.turn, err and note(exchange, err) or nil, footer)
  prompt.add(chat.view, running.draft.text, running.draft.items)
  vim.bo[chat.bufnr].undolevels = running.undolevels
  vim.cmd.redrawstatus({ bang = true })
end

---@param chat llm_ls.chat.Chat
---@param event table A `ChatEvent`.
local function on_event(chat, event)
  local running = chat.running
  if not running or not shown(chat) then
    return
  end
  exchanges.add(running.exchange, event)
  if event.type == 'text_delta' then
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
  local undolevels = vim.bo[chat.bufnr].undolevels
  vim.bo[chat.bufnr].undolevels = -1
  exchanges.reset(exchange)
  answer.begin(chat.view, turn)
  exchange.sent = exchanges.params(vim.list_slice(chat.exchanges, 1, index - 1), exchange, chat.model)
  local running = {
    exchange = exchange,
    turn = turn,
    began_ms = vim.uv.now(),
    notices = {},
    thought = {},
    draft = draft,
    undolevels = undolevels,
    timer = assert(vim.uv.new_timer()),
    cancel = function() end,
  }
  running.batch = require('llm-ls.chat.batch').new(function(text)
    exchange.answer = exchange.answer .. text
    if shown(chat) then
      answer.grow(chat.view, turn, text)
    end
  end)
  chat.running = running
  annotate(chat)
  running.timer:start(
    FRAME_MS,
    FRAME_MS,
    vim.schedule_wrap(function()
      if chat.running == running then
        annotate(chat)
      end
    end)
  )
  running.cancel = require('llm-ls.client').request('llm-ls/chat', exchange.sent, function(err, result)
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

---Send what stands in the prompt.
---@param chat llm_ls.chat.Chat
---@param action? string The code action whose question it is; the prompt may then be empty.
function M.send(chat, action)
  if chat.running then
    require('llm-ls.say').info('the answer is still coming; q stops it')
    return
  end
  local text, items = prompt.read(chat.view)
  if text == '' and not action then
    local last = chat.exchanges[#chat.exchanges]
    if last and last.answer == '' then
      M.regenerate(chat)
    else
      require('llm-ls.say').info('write a question below "## You", then press <CR>')
    end
    return
  end
  take_over(chat)
  table.insert(chat.exchanges, exchanges.new(text, items, action))
  prompt.ask(chat.view, action)
  ask(chat, { text = '', items = {} })
end

---Ask the last question again, in the place of its answer.
---@param chat llm_ls.chat.Chat
function M.regenerate(chat)
  local turn = chat.view.turns[#chat.exchanges]
  if not turn then
    require('llm-ls.say').info('nothing was asked yet')
    return
  end
  M.stop(chat)
  take_over(chat)
  local text, items = prompt.read(chat.view)
  chat.view.prompt = nil
  marks.cut(chat.view, assert(turn.assistant))
  ask(chat, { text = text, items = items })
end

---Stop the answer; what came of it stays.
---@param chat llm_ls.chat.Chat
---@return boolean stopped Whether one was coming.
function M.stop(chat)
  local running = chat.running
  if not running then
    return false
  end
  running.cancel()
  return true
end

---What would be sent, or was: of the turn around `row`.
---@param chat llm_ls.chat.Chat
---@param row integer
---@return table? params Those of `llm-ls/chat`.
function M.params_at(chat, row)
  local text, items = prompt.read(chat.view)
  local prompt_row = chat.view.prompt and marks.place(chat.view, chat.view.prompt.head)
  if prompt_row and row >= prompt_row and text ~= '' then
    take_over(chat)
    return exchanges.params(chat.exchanges, exchanges.new(text, items), chat.model)
  end
  local found ---@type table?
  for index, turn in ipairs(chat.view.turns) do
    if not found or marks.place(chat.view, turn.you) <= row then
      found = chat.exchanges[index].sent
    end
  end
  return found
end

return M
