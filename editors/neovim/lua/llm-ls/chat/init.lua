-- Chats: opened, found again, and closed.

local session = require('llm-ls.chat.session')

local M = {}

---@type table<integer, llm_ls.chat.Chat> By buffer.
local chats = {}
local last_number = 0
---@type llm_ls.chat.Chat?
local current

---@class llm_ls.chat.Opening
---@field question? string Asked at once.
---@field action? 'fix'|'explain'|'document'|'test'|'complete' The question is what that code action asks.
---@field items? llm_ls.chat.Item[] Attached to the question.
---@field new? boolean Not the chat that is there already.
---@field modifiers? string Those of the command, such as `tab`.

---The chat of a buffer.
---@param bufnr integer
---@return llm_ls.chat.Chat?
function M.of(bufnr)
  return chats[bufnr]
end

---@param chat llm_ls.chat.Chat
local function watch(chat)
  local group = vim.api.nvim_create_augroup('llm-ls.chat.' .. chat.bufnr, {})
  require('llm-ls.chat.complete').watch(chat, group)
  vim.api.nvim_create_autocmd('BufWinEnter', {
    group = group,
    buffer = chat.bufnr,
    callback = function()
      require('llm-ls.chat.window').set_up(chat, vim.api.nvim_get_current_win())
    end,
  })
  vim.api.nvim_create_autocmd('BufEnter', {
    group = group,
    buffer = chat.bufnr,
    callback = function()
      current = chat
    end,
  })
  vim.api.nvim_create_autocmd('WinClosed', {
    group = group,
    callback = function(event)
      local wins = vim.fn.win_findbuf(chat.bufnr)
      if #wins == 1 and wins[1] == tonumber(event.match) then
        session.stop(chat)
      end
    end,
  })
  vim.api.nvim_create_autocmd({ 'BufUnload', 'BufWipeout' }, {
    group = group,
    buffer = chat.bufnr,
    callback = function()
      session.stop(chat)
      chats[chat.bufnr] = nil
      current = current ~= chat and current or nil
      vim.api.nvim_del_augroup_by_id(group)
    end,
  })
end

---@return llm_ls.chat.Chat
local function new()
  require('llm-ls.chat.highlights').ensure()
  last_number = last_number + 1
  local bufnr = vim.api.nvim_create_buf(true, true)
  vim.api.nvim_buf_set_name(bufnr, 'llm-chat://' .. last_number)
  vim.bo[bufnr].bufhidden = 'hide'
  local chat = session.new(bufnr, last_number)
  chats[bufnr] = chat
  watch(chat)
  require('llm-ls.chat.keys').map(chat)
  vim.bo[bufnr].filetype = 'llmchat'
  return chat
end

---The chat of a buffer, else the one where the user was last.
---@param bufnr integer
---@return llm_ls.chat.Chat?
function M.near(bufnr)
  return chats[bufnr] or current
end

---Go to the chat that shows a conversation of the server.
---@param conversation string
---@param modifiers? string Those of the command, such as `tab`.
---@return boolean shown Whether there is one.
function M.show_kept(conversation, modifiers)
  for _, chat in pairs(chats) do
    if chat.conversation == conversation then
      require('llm-ls.chat.window').show(chat, modifiers)
      return true
    end
  end
  return false
end

---Show a conversation of the server in a chat of its own.
---@param conversation llm_ls.chat.Conversation
---@param modifiers? string
function M.restore(conversation, modifiers)
  local chat = new()
  require('llm-ls.chat.kept').fill(chat, conversation)
  require('llm-ls.chat.prompt').add(chat.view, '', {})
  require('llm-ls.chat.window').show(chat, modifiers)
  vim.cmd('normal! G$')
end

---Open a chat, and ask if there is a question.
---@param opening llm_ls.chat.Opening
---@return llm_ls.chat.Chat
function M.open(opening)
  local prompt = require('llm-ls.chat.prompt')
  local asks = opening.question or opening.action
  local chat = not opening.new and (chats[vim.api.nvim_get_current_buf()] or current) or nil
  if chat and asks and chat.running then
    chat = nil
  end
  chat = chat or new()
  require('llm-ls.chat.window').show(chat, opening.modifiers)
  local text, items = prompt.read(chat.view)
  if not chat.running and (not chat.view.prompt or opening.question or opening.items) then
    prompt.remove(chat.view)
    prompt.add(chat.view, opening.question or text, vim.list_extend(items, opening.items or {}))
  end
  vim.cmd('normal! G$')
  if asks then
    session.send(chat, opening.action)
  end
  return chat
end

---What is attached to a question for lines of a buffer, both from 1 and included, or for all of it.
---@param bufnr integer
---@param first? integer
---@param last? integer
---@return llm_ls.chat.Item[]
function M.items(bufnr, first, last)
  bufnr = bufnr ~= 0 and bufnr or vim.api.nvim_get_current_buf()
  local range
  if first then
    range = vim.api.nvim_buf_call(bufnr, function()
      return require('llm-ls.range').of_lines(first - 1, (last or first) - 1)
    end)
  end
  return require('llm-ls.chat.context').of(bufnr, range)
end

---Stop the answer of a chat and close its windows. The chat stays, to be opened again.
---@param chat llm_ls.chat.Chat
function M.close(chat)
  session.stop(chat)
  for _, win in ipairs(vim.fn.win_findbuf(chat.bufnr)) do
    if not pcall(vim.api.nvim_win_close, win, false) then
      vim.api.nvim_win_call(win, vim.cmd.enew)
    end
  end
end

---Stop what is answered now, in every chat.
---@return integer stopped How many.
function M.stop()
  local stopped = 0
  for _, chat in pairs(chats) do
    stopped = stopped + (session.stop(chat) and 1 or 0)
  end
  return stopped
end

---`:Llm chat [question]`, with what is selected attached; `:Llm!` opens another one.
---@param arguments llm_ls.Arguments
function M.chat(arguments)
  local items = arguments.range and require('llm-ls.chat.context').of(arguments.bufnr, arguments.range)
  local question = arguments.text ~= '' and arguments.text or nil
  M.open({ question = question, items = items, new = arguments.bang, modifiers = arguments.modifiers })
  if not question then
    vim.cmd.startinsert({ bang = true })
  end
end

---`:Llm ask QUESTION`: a chat of its own about what is selected, or the file.
---@param arguments llm_ls.Arguments
function M.ask(arguments)
  local inside = chats[arguments.bufnr]
  local function ask(question)
    local items = not inside and require('llm-ls.chat.context').of(arguments.bufnr, arguments.range) or nil
    M.open({ question = question, items = items, new = not inside, modifiers = arguments.modifiers })
  end
  if arguments.text ~= '' then
    ask(arguments.text)
    return
  end
  vim.ui.input({ prompt = 'Ask: ' }, function(question)
    if question and vim.trim(question) ~= '' then
      ask(question)
    end
  end)
end

return M
