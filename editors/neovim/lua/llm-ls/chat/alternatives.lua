-- Other questions and answers in the place of those that are shown: the conversation keeps them, and here they are seen.

local client = require('llm-ls.client')
local kept = require('llm-ls.chat.kept')
local marks = require('llm-ls.chat.marks')
local say = require('llm-ls.say')
local session = require('llm-ls.chat.session')

local M = {}

---@param id string
---@param turns llm_ls.chat.KeptTurn[]
---@return string[]
local function others(id, turns)
  for _, turn in ipairs(turns) do
    if turn.id == id then
      return turn.alternatives or {}
    end
  end
  return {}
end

---The next of `ids` that was not shown yet; when all were, it begins anew.
---@param chat llm_ls.chat.Chat
---@param current string
---@param ids string[]
---@return string
local function next_of(chat, current, ids)
  chat.seen[current] = true
  for _, id in ipairs(ids) do
    if not chat.seen[id] then
      return id
    end
  end
  for _, id in ipairs(ids) do
    chat.seen[id] = nil
  end
  return assert(ids[1])
end

---@param chat llm_ls.chat.Chat
---@param id string Of a turn.
local function go_to(chat, id)
  for index, exchange in ipairs(chat.exchanges) do
    local turn = assert(chat.view.turns[index])
    local heading = exchange.question_id == id and turn.you or exchange.answer_id == id and turn.assistant
    if heading and vim.api.nvim_get_current_buf() == chat.bufnr then
      vim.api.nvim_win_set_cursor(0, { (marks.place(chat.view, heading)) + 1, 0 })
    end
  end
end

---@param chat llm_ls.chat.Chat
---@param params table
---@param callback fun(conversation: llm_ls.chat.Conversation)
local function read(chat, params, callback)
  params.id = chat.conversation
  client.request('llm-ls/getConversation', params, function(err, conversation)
    if err then
      client.say(err)
    elseif not chat.running then
      callback(conversation)
    end
  end)
end

---Show another answer in the place of the one at the cursor, or another question, with what came after it.
---@param chat llm_ls.chat.Chat
function M.show(chat)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local exchange, turn = session.exchange_at(chat, row)
  local last = exchange and (exchange.answer_id or exchange.question_id)
  if not exchange or not last or chat.running or chat.compacting then
    say.info('put the cursor on a question or an answer that is kept')
    return
  end
  local on_question = turn ~= nil and turn.assistant ~= nil and row < marks.place(chat.view, turn.assistant)
  read(chat, { upto = last }, function(conversation)
    local id = on_question and exchange.question_id or last
    local ids = others(id, conversation.turns)
    if not ids[1] then
      say.info(on_question and 'there is no other question here' or 'there is no other answer here')
      return
    end
    local wanted = next_of(chat, id, ids)
    read(chat, { through = wanted }, function(other)
      session.replace(chat, function()
        kept.fill(chat, other)
      end)
      go_to(chat, wanted)
    end)
  end)
end

return M
