-- The conversations that the server keeps: found again, renamed, forked, compacted, exported and deleted.

local chats = require('llm-ls.chat')
local client = require('llm-ls.client')
local kept = require('llm-ls.chat.kept')
local money = require('llm-ls.money')
local say = require('llm-ls.say')

local M = {}

local WIDEST_TITLE = 48
local MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400

---Ask the server, and say why if it fails.
---@param method string
---@param params table
---@param callback fun(result: any)
local function ask(method, params, callback)
  client.request(method, params, function(err, result)
    if err then
      client.say(err)
    else
      callback(result)
    end
  end)
end

---How long ago a time was.
---@param at string ISO 8601, UTC.
---@param now integer In seconds since 1970.
---@return string
function M.age(at, now)
  local year, month, day, hour, min, sec = at:match('(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)')
  if not year then
    return ''
  end
  local utc = os.date('!*t', now) --[[@as table<string, integer>]]
  local function seconds(of)
    return os.time({ year = of[1], month = of[2], day = of[3], hour = of[4], min = of[5], sec = of[6], isdst = false })
  end
  local passed = seconds({ utc.year, utc.month, utc.day, utc.hour, utc.min, utc.sec })
    - seconds({ year, month, day, hour, min, sec })
  if passed < MINUTE_S then
    return 'just now'
  elseif passed < HOUR_S then
    return ('%d min ago'):format(math.floor(passed / MINUTE_S))
  elseif passed < DAY_S then
    return ('%d h ago'):format(math.floor(passed / HOUR_S))
  elseif passed < 30 * DAY_S then
    local days = math.floor(passed / DAY_S)
    return days == 1 and 'yesterday' or ('%d days ago'):format(days)
  end
  return ('%s-%s-%s'):format(year, month, day)
end

---@param text string
---@param width integer
---@return string
local function fitted(text, width)
  local line = require('llm-ls.chat.fit').text((text:gsub('%s+', ' ')), width)
  return line .. (' '):rep(width - vim.api.nvim_strwidth(line))
end

---A conversation in one line.
---@param summary llm_ls.chat.Summary
---@param width integer Of the titles.
---@param everywhere? boolean Whether its project is named.
---@return string
function M.line(summary, width, everywhere)
  local parts = { fitted(summary.title, width), M.age(summary.updatedAt, os.time()) }
  table.insert(parts, summary.turns == 1 and '1 turn' or summary.turns .. ' turns')
  if summary.model then
    table.insert(parts, (summary.model:match('[^/]*$')))
  end
  local spent = money.spent(summary.usage)
  if spent ~= '' then
    table.insert(parts, spent)
  end
  if everywhere and summary.workspace then
    table.insert(parts, vim.fs.basename(vim.uri_to_fname(summary.workspace)))
  end
  return table.concat(parts, ' · ')
end

---Open a conversation in a chat, or go to the one that shows it.
---@param id string
---@param modifiers? string
function M.open(id, modifiers)
  if chats.show_kept(id, modifiers) then
    return
  end
  ask('llm-ls/getConversation', { id = id }, function(conversation)
    chats.restore(conversation, modifiers)
  end)
end

---`:Llm history [text]`: choose among the conversations of the project, those that hold the text; with `!` of all.
---@param arguments llm_ls.Arguments
function M.history(arguments)
  local everywhere = arguments.bang or nil
  local query = arguments.text ~= '' and arguments.text or nil
  ask('llm-ls/listConversations', { query = query, everywhere = everywhere }, function(listed)
    if not listed[1] then
      local where = everywhere and '' or ' in this project; :Llm! history looks in all'
      say.info((query and 'no conversation holds %q' or 'no conversation is kept yet'):format(query) .. where)
      return
    end
    local width = 0
    for _, summary in ipairs(listed) do
      width = math.min(WIDEST_TITLE, math.max(width, vim.api.nvim_strwidth(summary.title)))
    end
    vim.ui.select(listed, {
      prompt = everywhere and 'Conversations of all projects' or 'Conversations of this project',
      kind = 'llm_conversation',
      format_item = function(summary)
        return M.line(summary, width, everywhere)
      end,
    }, function(summary)
      if summary then
        M.open(summary.id, arguments.modifiers)
      end
    end)
  end)
end

---The chat that a command is about, if the server keeps its conversation.
---@param bufnr integer
---@return llm_ls.chat.Chat?
local function kept_chat(bufnr)
  local chat = chats.near(bufnr)
  if not chat then
    say.info('there is no chat; :Llm history opens one that was kept')
  elseif chat.running or chat.compacting then
    say.info('the answer is still coming; q stops it')
  elseif not chat.conversation then
    say.info('nothing of this chat is kept yet')
  else
    return chat
  end
end

---`:Llm rename [title]`
---@param arguments llm_ls.Arguments
function M.rename(arguments)
  local chat = kept_chat(arguments.bufnr)
  if not chat then
    return
  end
  local function rename(title)
    title = vim.trim(title or '')
    if title ~= '' then
      ask('llm-ls/renameConversation', { id = chat.conversation, title = title }, function(summary)
        chat.title = summary.title
        vim.cmd.redrawstatus({ bang = true })
      end)
    end
  end
  if arguments.text ~= '' then
    rename(arguments.text)
    return
  end
  vim.ui.input({ prompt = 'Title: ', default = chat.title or '' }, rename)
end

---What <Tab> offers after `:Llm rename`: the title that there is.
---@param lead string
---@return string[]
function M.complete_title(lead)
  local chat = chats.near(vim.api.nvim_get_current_buf())
  local title = chat and chat.title or ''
  return title ~= '' and vim.startswith(title, lead) and { title } or {}
end

---Go on in a copy of a conversation that ends with an exchange of it.
---@param chat llm_ls.chat.Chat
---@param exchange? llm_ls.chat.Exchange Nil is all of it.
---@param modifiers? string
local function fork(chat, exchange, modifiers)
  local params = { id = chat.conversation, turnId = exchange and exchange.answer_id }
  ask('llm-ls/forkConversation', params, function(summary)
    M.open(summary.id, modifiers)
    say.info('this is a copy; the other one stays as it is')
  end)
end

---`:Llm fork`: go on in a copy that ends with the turn at the cursor.
---@param arguments llm_ls.Arguments
function M.fork(arguments)
  local chat = kept_chat(arguments.bufnr)
  if chat then
    local inside = vim.api.nvim_get_current_buf() == chat.bufnr
    local row = inside and vim.api.nvim_win_get_cursor(0)[1] - 1 or vim.api.nvim_buf_line_count(chat.bufnr)
    fork(chat, require('llm-ls.chat.session').exchange_at(chat, row), arguments.modifiers)
  end
end

---`:Llm[!] export [file]`: a conversation as Markdown, in a file or a buffer of its own.
---@param arguments llm_ls.Arguments
function M.export(arguments)
  local chat = kept_chat(arguments.bufnr)
  if not chat then
    return
  end
  local path = arguments.text ~= '' and vim.fs.normalize(vim.fn.fnamemodify(arguments.text, ':p')) or nil
  if path and vim.uv.fs_stat(path) and not arguments.bang then
    say.error(('%s is there already; `:Llm! export` writes over it'):format(vim.fn.fnamemodify(path, ':~:.')))
    return
  end
  ask('llm-ls/exportConversation', { id = chat.conversation }, function(exported)
    local lines = vim.split((exported.text:gsub('\n$', '')), '\n', { plain = true })
    if path then
      vim.fn.mkdir(vim.fs.dirname(path), 'p')
      vim.fn.writefile(lines, path)
      say.info(('wrote %s'):format(vim.fn.fnamemodify(path, ':~:.')))
      return
    end
    vim.cmd((arguments.modifiers or '') .. ' new')
    vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
    vim.bo.filetype = 'markdown'
  end)
end

---@param lead string
---@return string[]
function M.complete_file(lead)
  return vim.fn.getcompletion(lead, 'file')
end

---`:Llm delete`: forget a conversation, or what was said in it; the user is asked.
---@param arguments llm_ls.Arguments
function M.delete(arguments)
  local chat = kept_chat(arguments.bufnr)
  if not chat then
    return
  end
  local question = chat.title and ('Delete the conversation "%s" for good?'):format(chat.title)
    or 'Delete the conversation of this chat for good?'
  local answer = vim.fn.confirm(question, '&Delete it\n&Empty it, and keep its title\n&No', 3, 'Question')
  if answer == 1 then
    ask('llm-ls/deleteConversation', { id = chat.conversation }, function()
      chats.close(chat)
      vim.api.nvim_buf_delete(chat.bufnr, { force = true })
      say.info('the conversation is deleted')
    end)
  elseif answer == 2 then
    ask('llm-ls/clearConversation', { id = chat.conversation }, function()
      require('llm-ls.chat.session').replace(chat)
    end)
  end
end

---Have what was said so far sent as a summary from now on.
---@param chat llm_ls.chat.Chat
function M.compact_chat(chat)
  if not chat.conversation then
    say.info('there is nothing to compact yet')
    return
  end
  local params = { id = chat.conversation, model = chat.model }
  chat.compacting = client.request('llm-ls/compactConversation', params, function(err, compacted)
    chat.compacting = nil
    vim.cmd.redrawstatus({ bang = true })
    if err then
      client.say(err)
      return
    end
    chat.spent = money.sum(chat.spent, compacted.usage)
    local before, after = money.tokens(compacted.tokensBefore), money.tokens(compacted.tokensAfter)
    say.info(('%s tokens are sent as %s from now on'):format(before, after))
    local wanted = { id = chat.conversation, upto = compacted.turnId }
    ask('llm-ls/getConversation', wanted, function(conversation)
      require('llm-ls.chat.session').before_prompt(chat, function()
        kept.add_summary(chat, conversation.turns[#conversation.turns])
      end)
    end)
  end)
  vim.cmd.redrawstatus({ bang = true })
end

---`:Llm compact`
---@param arguments llm_ls.Arguments
function M.compact(arguments)
  local chat = kept_chat(arguments.bufnr)
  if chat then
    M.compact_chat(chat)
  end
end

return M
