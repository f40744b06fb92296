-- What the user can do in a chat, and the keys for it, all of them of the buffer alone.

local say = require('llm-ls.say')

local M = {}

---@class llm_ls.chat.Key
---@field name string It is `<Plug>(llm-chat-NAME)`.
---@field keys table<string, string[]> By mode.
---@field desc string
---@field run fun(chat: llm_ls.chat.Chat)

---@param chat llm_ls.chat.Chat
---@return llm_ls.chat.Block?
local function block(chat)
  local lines = vim.api.nvim_buf_get_lines(chat.bufnr, 0, -1, false)
  local found = require('llm-ls.chat.blocks').near(lines, vim.api.nvim_win_get_cursor(0)[1] - 1)
  if not found then
    say.info('there is no code block here')
  end
  return found
end

---@param count integer
---@return string
local function lines(count)
  return count == 1 and '1 line' or count .. ' lines'
end

---@param chat llm_ls.chat.Chat
local function yank(chat)
  local found = block(chat)
  if found then
    vim.fn.setreg(vim.v.register, found.lines, 'l')
    say.info(('yanked %s'):format(lines(#found.lines)))
  end
end

---@param chat llm_ls.chat.Chat
local function put(chat)
  local found = block(chat)
  local win = found and require('llm-ls.chat.window').source(chat)
  if not found then
    return
  elseif not win then
    say.info('there is no window with a file to put it into')
    return
  end
  local bufnr = vim.api.nvim_win_get_buf(win)
  local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':t')
  if not vim.bo[bufnr].modifiable then
    say.info(('%s cannot be changed'):format(name))
    return
  end
  vim.api.nvim_win_call(win, function()
    local empty = vim.api.nvim_buf_line_count(bufnr) == 1 and vim.fn.getline(1) == ''
    if empty then
      vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, found.lines)
    else
      vim.api.nvim_put(found.lines, 'l', true, true)
    end
  end)
  say.info(('put %s into %s'):format(lines(#found.lines), name == '' and 'the unnamed buffer' or name))
end

---@param chat llm_ls.chat.Chat
---@param forward boolean
local function jump(chat, forward)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local target ---@type integer?
  for _, heading in ipairs(require('llm-ls.chat.view').headings(chat.view)) do
    if forward and heading > row then
      target = heading
      break
    elseif not forward and heading < row then
      target = heading
    end
  end
  if target then
    vim.cmd("normal! m'")
    vim.api.nvim_win_set_cursor(0, { target + 1, 0 })
  end
end

---@param chat llm_ls.chat.Chat
local function preview(chat)
  local params = require('llm-ls.chat.session').params_at(chat, vim.api.nvim_win_get_cursor(0)[1] - 1)
  if not params then
    say.info('write a question first; then this shows what would be sent')
    return
  end
  require('llm-ls.client').request('llm-ls/preview', params, function(err, result)
    if err then
      require('llm-ls.client').say(err)
      return
    end
    require('llm-ls.pane').open('llm-ls://sent', vim.split(result.text, '\n', { plain = true }), {
      filetype = 'markdown',
      split = true,
    })
  end, { bufnr = require('llm-ls.chat.session').about(chat) })
end

---@type llm_ls.chat.Key[]
M.rows = {
  {
    name = 'send',
    keys = { n = { '<CR>' }, i = { '<C-s>' } },
    desc = 'send the question, or one that was changed',
    run = function(chat)
      vim.cmd.stopinsert()
      require('llm-ls.chat.session').send(chat)
    end,
  },
  {
    name = 'stop',
    keys = { n = { 'q' } },
    desc = 'stop the answer',
    run = function(chat)
      if not require('llm-ls.chat.session').stop(chat) then
        say.info('no answer is coming; <C-c> closes the chat')
      end
    end,
  },
  {
    name = 'regenerate',
    keys = { n = { 'gr' } },
    desc = 'ask the last question again',
    run = function(chat)
      require('llm-ls.chat.session').regenerate(chat)
    end,
  },
  { name = 'yank', keys = { n = { 'gy' } }, desc = 'yank the code block', run = yank },
  { name = 'put', keys = { n = { 'gp' } }, desc = "put the code block below the other window's cursor", run = put },
  {
    name = 'next',
    keys = { n = { ']]' } },
    desc = 'go to the next turn',
    run = function(chat)
      jump(chat, true)
    end,
  },
  {
    name = 'prev',
    keys = { n = { '[[' } },
    desc = 'go to the turn before',
    run = function(chat)
      jump(chat, false)
    end,
  },
  {
    name = 'history',
    keys = { n = { 'gh' } },
    desc = 'open a conversation of before',
    run = function(chat)
      require('llm-ls.chat.conversations').history({ words = {}, text = '', bang = false, bufnr = chat.bufnr })
    end,
  },
  {
    name = 'fork',
    keys = { n = { 'gb' } },
    desc = 'go on in a copy that ends with this turn',
    run = function(chat)
      require('llm-ls.chat.conversations').fork({ words = {}, text = '', bang = false, bufnr = chat.bufnr })
    end,
  },
  {
    name = 'alternative',
    keys = { n = { 'ga' } },
    desc = 'show another answer or question in this place',
    run = function(chat)
      require('llm-ls.chat.alternatives').show(chat)
    end,
  },
  { name = 'preview', keys = { n = { 'gd' } }, desc = 'show what was sent, or would be', run = preview },
  {
    name = 'close',
    keys = { n = { '<C-c>' } },
    desc = 'close the chat, and stop its answer',
    run = function(chat)
      require('llm-ls.chat').close(chat)
    end,
  },
  {
    name = 'help',
    keys = { n = { 'g?', '?' } },
    desc = 'show these keys',
    run = function()
      M.help()
    end,
  },
}

---Show the keys.
function M.help()
  local shown = {}
  for _, row in ipairs(M.rows) do
    local keys = vim.list_extend({}, row.keys.n)
    for _, key in ipairs(row.keys.i or {}) do
      table.insert(keys, key .. ' (insert)')
    end
    table.insert(shown, (' %-20s %s '):format(table.concat(keys, ' '), row.desc))
  end
  table.insert(shown, (' %-20s %s '):format('za', 'open or close thinking, tools and attachments'))
  require('llm-ls.pane').open('llm-ls://keys', shown, { title = ' Keys of the chat ' })
end

---Make the maps of a chat's buffer.
---@param chat llm_ls.chat.Chat
function M.map(chat)
  local bare = vim.g.no_plugin_maps or vim.g.no_llmchat_maps
  for _, row in ipairs(M.rows) do
    local plug = ('<Plug>(llm-chat-%s)'):format(row.name)
    local options = { buffer = chat.bufnr, desc = 'llm-ls: ' .. row.desc, nowait = true }
    vim.keymap.set({ 'n', 'i' }, plug, function()
      row.run(chat)
    end, options)
    for mode, keys in pairs(bare and {} or row.keys) do
      for _, key in ipairs(keys) do
        vim.keymap.set(mode, key, plug, options)
      end
    end
  end
end

return M
