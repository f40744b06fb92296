-- `:Llm` and its sub-commands, a table of rows.

local say = require('llm-ls.say')

local M = {}

---@class llm_ls.Arguments What a sub-command is called with.
---@field words string[] What follows the sub-command.
---@field text string The same as it was typed.
---@field bang boolean
---@field modifiers? string Those of the command, such as `vertical`.
---@field bufnr integer
---@field range? llm_ls.Range What the user has selected or named; nil: nothing.

---@class llm_ls.Subcommand
---@field module string Loaded on first use.
---@field call string The function of it that receives `llm_ls.Arguments`.
---@field complete? string The function of it that receives the word at the cursor and the line, and returns what fits.
---@field desc string

---@type table<string, llm_ls.Subcommand?>
M.rows = {
  accept = {
    module = 'llm-ls.review.answers',
    call = 'accept_command',
    complete = 'complete',
    desc = 'accept the hunk at the cursor, or all',
  },
  ask = { module = 'llm-ls.chat', call = 'ask', desc = 'ask about the code in a new chat' },
  chat = { module = 'llm-ls.chat', call = 'chat', desc = 'open a chat, or ask in it' },
  commit = { module = 'llm-ls.operations', call = 'commit', desc = 'write a commit message for what is staged' },
  compact = {
    module = 'llm-ls.chat.conversations',
    call = 'compact',
    desc = 'have what a chat holds sent as a summary',
  },
  complete = { module = 'llm-ls.operations', call = 'complete', desc = 'implement what is missing' },
  delete = { module = 'llm-ls.chat.conversations', call = 'delete', desc = 'delete the conversation of a chat' },
  diff = { module = 'llm-ls.review.diff', call = 'open', desc = 'show the edit under review as a diff' },
  document = { module = 'llm-ls.operations', call = 'document', desc = 'write the documentation of a function' },
  edit = { module = 'llm-ls.edit', call = 'command', desc = 'edit by an instruction' },
  explain = { module = 'llm-ls.operations', call = 'explain', desc = 'explain the code' },
  export = {
    module = 'llm-ls.chat.conversations',
    call = 'export',
    complete = 'complete_file',
    desc = 'put the conversation of a chat into a file',
  },
  inline = {
    module = 'llm-ls.inline.switch',
    call = 'command',
    complete = 'complete',
    desc = 'turn suggestions while you type on or off',
  },
  fork = { module = 'llm-ls.chat.conversations', call = 'fork', desc = 'go on in a copy of a chat' },
  history = { module = 'llm-ls.chat.conversations', call = 'history', desc = 'open a conversation of before' },
  fix = { module = 'llm-ls.operations', call = 'fix', desc = 'fix the diagnostics here' },
  key = { module = 'llm-ls.accounts', call = 'key', complete = 'complete', desc = 'keep the key of a provider' },
  log = { module = 'llm-ls.server', call = 'log', desc = 'open the log of Neovim, where the server writes to' },
  model = { module = 'llm-ls.models', call = 'command', complete = 'complete', desc = 'choose the model' },
  next = { module = 'llm-ls.review.answers', call = 'next', desc = 'go to the next hunk under review' },
  ['next-edit'] = { module = 'llm-ls.next_edit', call = 'command', desc = 'go to the next edit, or make it' },
  prev = { module = 'llm-ls.review.answers', call = 'prev', desc = 'go to the previous hunk under review' },
  prompt = { module = 'llm-ls.operations', call = 'prompt', desc = 'run an action of your own' },
  reject = {
    module = 'llm-ls.review.answers',
    call = 'reject_command',
    complete = 'complete',
    desc = 'reject the hunk at the cursor, or all',
  },
  rename = {
    module = 'llm-ls.chat.conversations',
    call = 'rename',
    complete = 'complete_title',
    desc = 'rename the conversation of a chat',
  },
  restart = { module = 'llm-ls.server', call = 'restart', desc = 'start the server again' },
  retry = { module = 'llm-ls.operations', call = 'retry', desc = 'ask for the edit under review again' },
  signin = { module = 'llm-ls.accounts', call = 'signin', complete = 'complete', desc = 'sign in to a provider' },
  signout = { module = 'llm-ls.accounts', call = 'signout', complete = 'complete', desc = 'sign out of a provider' },
  status = { module = 'llm-ls.status', call = 'command', desc = 'say which model is used and what runs' },
  stop = { module = 'llm-ls.operations', call = 'stop', desc = 'cancel what runs' },
  test = { module = 'llm-ls.operations', call = 'test', desc = 'write tests for the code' },
  usage = { module = 'llm-ls.usage', call = 'command', desc = 'show what was asked and what it cost' },
}

---Run `:Llm`, with what Neovim gives to a user command.
---@param given vim.api.keyset.create_user_command.command_args
function M.run(given)
  local name = given.fargs[1]
  if not name then
    M._choose(given)
    return
  end
  local row = M.rows[name]
  if not row then
    say.error(('there is no :Llm %s; there are %s'):format(name, table.concat(M._names(''), ', ')))
    return
  end
  M._call(row, {
    words = vim.list_slice(given.fargs, 2),
    text = vim.trim(vim.trim(given.args):sub(#name + 1)),
    bang = given.bang,
    modifiers = given.mods ~= '' and given.mods or nil,
    bufnr = vim.api.nvim_get_current_buf(),
    range = given.range > 0 and require('llm-ls.range').of_command(given) or nil,
  })
end

---Run what `<Plug>(llm-NAME)` stands for, on the selection if there is one.
---@param name string
function M.plug(name)
  local command, word = name:match('^(%a+)%-(%a+)$')
  if M.rows[name] or not command then
    command, word = name, nil
  end
  local row = M.rows[command]
  if row then
    M._call(row, {
      words = word and { word } or {},
      text = word or '',
      bang = false,
      bufnr = vim.api.nvim_get_current_buf(),
      range = require('llm-ls.range').of_selection(),
    })
  end
end

---@param row llm_ls.Subcommand
---@param arguments llm_ls.Arguments
function M._call(row, arguments)
  require(row.module)[row.call](arguments)
end

---`:Llm` alone: let the user choose.
---@param given vim.api.keyset.create_user_command.command_args
function M._choose(given)
  vim.ui.select(M._names(''), {
    prompt = 'llm-ls',
    kind = 'llm_command',
    format_item = function(name)
      return ('%-10s %s'):format(name, assert(M.rows[name]).desc)
    end,
  }, function(name)
    if name then
      given.fargs, given.args = { name }, name
      M.run(given)
    end
  end)
end

---@param lead string
---@return string[]
function M._names(lead)
  local names = vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, vim.tbl_keys(M.rows))
  table.sort(names)
  return names
end

---What could follow on the command line.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local name = line:match('Llm!?%s+(%S+)%s')
  if not name then
    return M._names(lead)
  end
  local row = M.rows[name]
  return row and row.complete and require(row.module)[row.complete](lead, line) or {}
end

return M
