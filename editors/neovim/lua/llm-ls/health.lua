-- `:checkhealth llm-ls`: what the plugin finds, and what to do about what it does not.

local M = {}

local health = vim.health
local STARTS_WITHIN_MS = 10000
local ANSWERS_WITHIN_MS = 30000

---The requests of the server that the plugin needs.
M.METHODS = {
  'llm-ls/acceptProposal',
  'llm-ls/chat',
  'llm-ls/clearConversation',
  'llm-ls/compactConversation',
  'llm-ls/deleteConversation',
  'llm-ls/edit',
  'llm-ls/exportConversation',
  'llm-ls/forkConversation',
  'llm-ls/getConversation',
  'llm-ls/listConversations',
  'llm-ls/listModels',
  'llm-ls/listProposals',
  'llm-ls/listProviders',
  'llm-ls/preview',
  'llm-ls/rejectProposal',
  'llm-ls/renameConversation',
  'llm-ls/saveApiKey',
  'llm-ls/usage',
}

local function check_neovim()
  health.start('llm-ls: Neovim')
  local version = assert(vim.fn.execute('version'):match('NVIM v%S*'))
  if vim.fn.has('nvim-0.12') == 1 then
    health.ok(version)
  elseif vim.fn.has('nvim-0.11') == 1 then
    health.ok(
      version .. '; from 0.12 on there is ghost text, and progress as messages of their own and in the terminal'
    )
  else
    health.error(version .. ' is too old', 'Install Neovim 0.11 or later.')
  end
  if not pcall(vim.treesitter.language.add, 'markdown') then
    health.warn('there is no parser for Markdown, so chats are not coloured', ':TSInstall markdown')
  end
end

---@param cmd string[]
---@param ... string
---@return string[]
local function with_arguments(cmd, ...)
  local command = vim.tbl_filter(function(argument)
    return argument ~= '--stdio'
  end, cmd)
  return vim.list_extend(command, { ... })
end

---@param command string[]
---@return string? output
---@return string? problem
local function output_of(command)
  local ran, process = pcall(vim.system, command, { text = true, timeout = ANSWERS_WITHIN_MS })
  if not ran then
    return nil, process --[[@as string]]
  end
  local done = process:wait()
  local output = vim.trim(done.stdout or '')
  if output == '' then
    return nil, vim.trim(done.stderr or '')
  end
  return output, nil
end

---The program that is started, if it is one and can be.
---@return string[]?
local function check_program()
  health.start('llm-ls: the server')
  local missing = require('llm-ls.server').missing()
  if missing then
    health.error(missing)
    return nil
  end
  local configs = vim.lsp.config --[[@as table<string, vim.lsp.Config?>]]
  local config = configs[require('llm-ls.server').NAME]
  local cmd = config and config.cmd
  if type(cmd) ~= 'table' then
    health.info('it is started by a function of your configuration')
    return nil
  end
  local version, problem = output_of(with_arguments(cmd, '--version'))
  if version and vim.startswith(version, 'llm-ls') then
    health.ok(('%s: %s'):format(vim.fn.exepath(cmd[1]), version))
    return cmd
  end
  health.error(
    ('%s does not say its version: %s'):format(vim.fn.exepath(cmd[1]), version or problem),
    'Another program has the same name: install this one with `uv tool install .` in its clone, or name it with '
      .. "vim.lsp.config('llm_ls', {cmd = {...}})."
  )
end

local function check_connection()
  local client, problem
  require('llm-ls.server').ready(vim.api.nvim_get_current_buf(), function(found, err)
    client, problem = found, err
  end)
  vim.wait(STARTS_WITHIN_MS, function()
    return client ~= nil or problem ~= nil
  end, 10)
  if not client then
    health.error(
      problem and problem.message or 'it does not answer `initialize`',
      ':Llm log shows what it wrote; :Llm restart starts it again'
    )
    return
  end
  local features = require('llm-ls.server').features(client) or { version = '?', methods = {} }
  local lacking = vim.tbl_filter(function(method)
    return not vim.list_contains(features.methods, method)
  end, M.METHODS)
  if lacking[1] then
    health.error(
      ('version %s is too old: it has no %s'):format(features.version, table.concat(lacking, ', ')),
      'Run `uv tool upgrade llm-ls`, then :Llm restart.'
    )
  else
    health.ok(('version %s answers'):format(features.version))
  end
  local folders = vim.tbl_map(function(folder)
    return vim.fn.fnamemodify(folder.name, ':~')
  end, client.workspace_folders or {})
  health.info('projects: ' .. (folders[1] and table.concat(folders, ', ') or 'none'))
  health.info('log: ' .. vim.lsp.log.get_filename() .. ', or :Llm log')
end

local function check_options()
  health.start('llm-ls: options')
  local problems = require('llm-ls.config').problems()
  for _, problem in ipairs(problems) do
    health.warn(problem, ':help llm-ls-options')
  end
  if not problems[1] then
    health.ok('vim.g.llm_ls has nothing that is not known')
  end
  local keys = require('llm-ls.config').get().keys
  for _, key in vim.spairs(type(keys) == 'table' and keys or {}) do
    local mapped = type(key) == 'string' and vim.fn.maparg(key, 'n', false, true) or {}
    if not vim.tbl_isempty(mapped) then
      local what = mapped.desc or mapped.rhs or 'a function'
      health.warn(('%s is mapped (%s); while an edit is shown it is not'):format(key, what), {
        'Nothing is to be done if you can do without it meanwhile.',
        'Else choose another one with `keys`: :help llm-ls-keys',
      })
    end
  end
end

---Whether a key of the user's takes ghost text, or might.
---@return boolean
local function has_key()
  return vim.iter(vim.api.nvim_get_keymap('i')):any(function(map)
    local neovims = vim.startswith(map.desc or '', 'vim.snippet.jump')
    return map.lhs:lower() == '<tab>' and map.callback ~= nil and not neovims
      or not vim.startswith(map.lhs, '<Plug>') and (map.rhs or ''):find('<Plug>(llm-accept', 1, true) ~= nil
  end)
end

local function check_ghost_text()
  health.start('llm-ls: ghost text')
  local client = require('llm-ls.client').get()
  if not require('llm-ls.inline').possible() then
    health.warn('there is none, since this Neovim has no vim.lsp.inline_completion', 'Install Neovim 0.12 or later.')
    return
  elseif client and not client:supports_method('textDocument/inlineCompletion') then
    health.warn('the server knows of none', 'Run `uv tool upgrade llm-ls`, then :Llm restart.')
    return
  end
  vim.wait(STARTS_WITHIN_MS, function()
    return not client or require('llm-ls.client').status ~= nil
  end, 10)
  local trouble = require('llm-ls.status').trouble()
  if not require('llm-ls.inline.switch').at_all() then
    health.info('it is turned off, by :Llm inline or the option inline_completion.enabled')
  elseif trouble then
    health.warn('it is asked for while you type, but ' .. trouble)
  else
    health.ok('it is asked for while you type; settings may have none for a language, project or file')
    health.info('whether it is in a buffer, :Llm inline says there')
  end
  if not has_key() then
    health.info('no key takes it yet: :help llm-ls-inline-maps')
  end
end

local WORDS = {
  environment = 'a variable of the environment',
  keyring = "the system's keyring",
  file = "llm-ls's own file",
  command = 'the setting apiKeyCommand',
  oauth = 'a sign-in',
  other_tool = 'the login of another tool',
  not_needed = 'none is needed',
}

local function check_providers()
  health.start('llm-ls: providers')
  local client = require('llm-ls.client').get()
  if not client then
    health.info('unknown, since the server does not run')
    return
  end
  local answer = client:request_sync('llm-ls/listProviders' --[[@as any]], vim.empty_dict(), ANSWERS_WITHIN_MS)
  local configured = 0
  for _, provider in ipairs(answer and answer.result or {}) do
    if provider.configured then
      configured = configured + 1
      local from = WORDS[provider.credential] or provider.credential
      local active = provider.active and ', and is used' or ''
      health.ok(('%s is set up, its credential from: %s%s'):format(provider.id, from, active))
    end
  end
  if configured == 0 then
    health.warn('no provider has a credential', {
      'Keep a key with :Llm key PROVIDER, or sign in with :Llm signin.',
      'Or start a server on this machine, such as Ollama.',
    })
  end
end

---@param cmd string[]
local function check_doctor(cmd)
  health.start('llm-ls: what `llm-ls doctor` says')
  local output, problem = output_of(with_arguments(cmd, 'doctor', '--json', '--offline'))
  local read, report = pcall(vim.json.decode, output or '')
  if not read then
    health.warn('it said nothing: ' .. (problem or tostring(report)))
    return
  end
  for _, check in ipairs(report.checks) do
    local text = ('%s: %s'):format(check.name, check.found)
    local remedy = check.remedy ~= '' and check.remedy or nil
    if check.state == 'ok' then
      health.ok(text)
    elseif check.state == 'skipped' then
      health.info(text)
    elseif check.state == 'warning' then
      health.warn(text, remedy)
    else
      health.error(text, remedy)
    end
  end
  health.info('nobody was asked; `llm-ls doctor` in a terminal asks each provider for a few words')
end

---Called by `:checkhealth`.
function M.check()
  check_neovim()
  local cmd = check_program()
  check_connection()
  check_options()
  check_ghost_text()
  check_providers()
  if cmd then
    check_doctor(cmd)
  end
end

return M
