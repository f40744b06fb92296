-- The server's life: found, started once a session, started again when it dies, and told apart from other programs.

local say = require('llm-ls.say')

local M = {}

M.NAME = 'llm_ls'
local BACKOFF_MS = { 500, 1000, 2000, 4000 }
local STEADY_MS = 180000
local PATIENCE_MS = 1000

---@alias llm_ls.Waiter fun(client: vim.lsp.Client?, err: llm_ls.Error?)

---@type llm_ls.Waiter[]
local waiters = {}
---@type table<integer, true?> Ids of clients that somebody has told to stop.
local stopping = {}
---@type table<integer, fun()?> What is to be done once a client has ended.
local after_exit = {}
---@type integer[] When the server died, in milliseconds of `vim.uv.now()`.
local deaths = {}
---@type string? The sentence about the server that keeps it from being used.
local refused
---@type table<string, true?>
local said = {}

---@param sentence string
local function say_once(sentence)
  if not said[sentence] then
    said[sentence] = true
    say.error(sentence)
  end
end

---@return vim.lsp.Config?
local function config()
  local found = vim.lsp.config[M.NAME] ---@diagnostic disable-line: undefined-field It has a config's name.
  return found and vim.deepcopy(found) or nil
end

---Why the server cannot be started, in one sentence.
---@return string?
function M.missing()
  local found = config()
  if not found then
    return "there is no lsp/llm_ls.lua on 'runtimepath'; add the folder that holds it, `editors/neovim` of llm-ls"
  end
  local program = type(found.cmd) == 'table' and found.cmd[1]
  if program and vim.fn.executable(program) == 0 then
    return ('cannot run `%s`. Install it with `uv tool install .` in its clone, or see :help llm-ls-server; then :Llm restart'):format(
      program
    )
  end
end

---Let Neovim start the server with every file; say once why it cannot.
function M.enable()
  local missing = M.missing()
  if missing then
    say_once(missing)
    return
  end
  vim.lsp.enable(M.NAME)
end

---The running client, ready for requests or not yet.
---@return vim.lsp.Client?
function M.client()
  -- The last filter is Neovim's own (0.11 and 0.12), and the only way to see a client that is just starting.
  for _, client in ipairs(vim.lsp.get_clients({ name = M.NAME, _uninitialized = true })) do
    if not client:is_stopped() and not stopping[client.id] then
      return client
    end
  end
end

---A server of ours that the user's configuration starts under another name.
---@return vim.lsp.Client?
local function started_by_others()
  for _, client in ipairs(vim.lsp.get_clients()) do
    if client.name ~= M.NAME and M.features(client) and not client:is_stopped() then
      return client
    end
  end
end

---What the server says of itself; nil: it is no llm-ls of ours.
---@param client vim.lsp.Client
---@return {version: string, methods: string[]}?
function M.features(client)
  local features = vim.tbl_get(client.server_capabilities or {}, 'experimental', 'llm-ls')
  return type(features) == 'table' and features or nil
end

---Tell `on_dir` the folder of a buffer's project, for `vim.lsp.Config.root_dir`.
---@param bufnr integer
---@param on_dir fun(root?: string)
function M.root_dir(bufnr, on_dir)
  if vim.bo[bufnr].buftype ~= '' or refused or started_by_others() then
    return
  end
  local found = config()
  on_dir(vim.fs.root(bufnr, found and found.root_markers or { '.llm-ls.toml', '.git' }))
end

---One server for all projects: a second project becomes a workspace folder of the first.
---@param client vim.lsp.Client
---@param wanted vim.lsp.ClientConfig
---@return boolean
function M.reuse(client, wanted)
  if client.name ~= M.NAME or client:is_stopped() or stopping[client.id] then
    return false
  end
  local root = wanted.root_dir
  if type(root) == 'string' then
    M._add_folder(client, root)
  end
  return true
end

---@param client vim.lsp.Client
---@param root string
function M._add_folder(client, root)
  client.workspace_folders = client.workspace_folders or {}
  for _, folder in ipairs(client.workspace_folders) do
    if folder.name == root then
      return
    end
  end
  local folder = { uri = vim.uri_from_fname(root), name = root }
  table.insert(client.workspace_folders, folder)
  if client.initialized then
    client:notify('workspace/didChangeWorkspaceFolders', { event = { added = { folder }, removed = {} } })
  end
end

---Start the server for a buffer, or attach the one that runs.
---@param bufnr integer
function M.start(bufnr)
  local wanted = assert(config())
  local function with_root(root)
    wanted.root_dir = root
    vim.lsp.start(wanted, { bufnr = bufnr, reuse_client = wanted.reuse_client, attach = vim.bo[bufnr].buftype == '' })
  end
  if vim.bo[bufnr].buftype == '' and type(wanted.root_dir) == 'function' then
    wanted.root_dir(bufnr, with_root)
  else
    with_root(type(wanted.root_dir) == 'string' and wanted.root_dir or vim.fn.getcwd())
  end
end

---Call `callback` with the client once it is ready, starting it if need be, or with why there is none.
---@param bufnr integer The buffer that is to be known to the server, if it is a file.
---@param callback llm_ls.Waiter
function M.ready(bufnr, callback)
  local client = M.client()
  local other = not client and started_by_others()
  local problem = not client and (M.missing() or refused)
    or other
      and ('your configuration runs llm-ls as %q; call it %q, so that the plugin can use it'):format(other.name, M.NAME)
  if problem then
    callback(nil, { code = 0, message = problem })
    return
  end
  if not client or (vim.bo[bufnr].buftype == '' and not client.attached_buffers[bufnr]) then
    M.start(bufnr)
    client = M.client()
  end
  if client and client.initialized then
    callback(client)
  elseif client then
    table.insert(waiters, callback)
  else
    callback(nil, { code = 0, message = 'the server could not be started; :Llm log shows why' })
  end
end

---@param client vim.lsp.Client?
---@param err llm_ls.Error?
local function serve_waiters(client, err)
  local served = waiters
  waiters = {}
  for _, waiter in ipairs(served) do
    waiter(client, err)
  end
end

---@param client vim.lsp.Client
function M.on_init(client)
  -- Neovim's methods, as functions; it annotates the fields of a client as if the client were not their first argument.
  local stop, request =
    client.stop, --[[@as function]]
    client.request --[[@as function]]
  client.stop = function(_, force)
    stopping[client.id] = true
    return stop(client, force)
  end
  client.request = function(self, method, params, handler, bufnr)
    if method == 'textDocument/codeAction' then
      params = require('llm-ls.diagnostics').added_to(params --[[@as lsp.CodeActionParams]])
    elseif handler and bufnr and require('llm-ls.inline').requested(client, method, handler, bufnr) then
      return true
    end
    return request(self, method, params, handler, bufnr)
  end
  if M.features(client) then
    require('llm-ls.inline').start(client, request)
    require('llm-ls.next_edit').start(client)
    vim.schedule(function() -- by then the buffers are attached, and their text is known to the server
      serve_waiters(client)
    end)
    return
  end
  local program = type(client.config.cmd) == 'table' and client.config.cmd[1] or 'the program'
  refused = ('`%s` is another program of that name, and was stopped. '):format(program)
    .. 'Install this one with `uv tool install .` in its clone, or see :help llm-ls-server; then :Llm restart'
  say_once(refused)
  client:stop(true)
end

---@param code integer
---@param signal integer
---@param id integer
function M.on_exit(code, signal, id)
  vim.schedule(function()
    local client = vim.lsp.get_client_by_id(id)
    local buffers = client and vim.tbl_keys(client.attached_buffers) or {}
    local meant = stopping[id] or vim.v.exiting ~= vim.NIL
    stopping[id] = nil
    local ended = { code = 0, message = refused or 'llm-ls ended before it answered; ask again once it is back' }
    require('llm-ls.client').on_exit(id, ended)
    if not M.client() then -- else they wait for the one that has taken its place
      serve_waiters(nil, ended)
    end
    if after_exit[id] then
      after_exit[id]()
      after_exit[id] = nil
    elseif not meant then
      M._start_again(buffers, code, signal)
    end
  end)
end

---@param buffers integer[]
---@param code integer
---@param signal integer
function M._start_again(buffers, code, signal)
  local now = vim.uv.now()
  deaths = vim.tbl_filter(function(at)
    return now - at < STEADY_MS
  end, deaths)
  table.insert(deaths, now)
  local wait_ms = BACKOFF_MS[#deaths]
  if not wait_ms then
    say.error(
      ('llm-ls ended %d times (last with code %d, signal %d) and is not started again. '):format(#deaths, code, signal)
        .. ':Llm log shows why, :Llm restart starts it'
    )
    return
  end
  vim.defer_fn(function()
    if not M.client() then
      M._start_for(buffers, 'llm-ls had ended and was started again')
    end
  end, wait_ms)
end

---Start the server for these buffers and all files that are open, and say so once it runs.
---@param buffers integer[]
---@param sentence string
function M._start_for(buffers, sentence)
  M.enable()
  if M.missing() then
    return
  end
  table.insert(waiters, function(client)
    if client then
      say.info(sentence)
    end
  end)
  for _, bufnr in ipairs(buffers) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      M.start(bufnr)
    end
  end
end

---`:Llm log`: what Neovim and the server wrote, from its end.
function M.log()
  vim.cmd.split(vim.fn.fnameescape(vim.lsp.log.get_filename()))
  vim.bo.autoread = true
  vim.cmd('normal! G')
end

---`:Llm restart`: stop the server if it runs, forget its failures, and start it.
function M.restart()
  deaths, refused, said = {}, nil, {}
  local client = M.client()
  local buffers = client and vim.tbl_keys(client.attached_buffers) or {}
  local function start()
    M._start_for(buffers, 'llm-ls was started again')
  end
  if not client then
    start()
    return
  end
  after_exit[client.id] = start
  client:stop(PATIENCE_MS)
end

return M
