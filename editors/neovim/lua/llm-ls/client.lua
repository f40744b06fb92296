-- Requests to the server: answered once, cancelled for real, streamed by partial results.

local server = require('llm-ls.server')

local M = {}

---@class llm_ls.Error
---@field code integer 0 if it is the client's own.
---@field message string
---@field data? {kind?: string, hint?: string}
---@field cancelled? boolean

---@class llm_ls.RequestOptions
---@field bufnr? integer The buffer that the request is about; the current one if absent.
---@field on_progress? fun(event: table) Receives each partial result, a `ChatEvent`.
---@field on_report? fun(value: table) Receives each work done progress value.

---@class llm_ls.Pending
---@field method string
---@field bufnr integer
---@field finish fun(err: llm_ls.Error?, result: any)
---@field client? vim.lsp.Client
---@field id? integer
---@field tokens string[]
---@field cancel? fun() Of a request whose answer streams.

---@class llm_ls.Status What the server last said with `llm-ls/status`.
---@field busy boolean
---@field kind 'normal'|'warning'|'error'|'inactive'
---@field message string
---@field model? string

---@type llm_ls.Status?
M.status = nil

---@type table<llm_ls.Pending, true>
local pending = {}
---@type table<string|integer, fun(value: table)?>
local listeners = {}
---@type table<string|integer, fun()?> Ends what listens to an operation, by its token.
local operations = {}
local last_token = 0
local watching = false
local TOKENS = 'llm-ls.nvim/'
local CANCELLED = -32800
local GRACE_MS = 100

---The client, if it is ready for requests.
---@return vim.lsp.Client?
function M.get()
  local client = server.client()
  return client and client.initialized and client or nil
end

---Whether the server answers `method`, such as `llm-ls/preview`. Nil if it does not run.
---@param method string
---@return boolean?
function M.supports(method)
  local client = M.get()
  local features = client and server.features(client)
  return features and vim.list_contains(features.methods, method)
end

---@param on_value? fun(value: table)
---@param tokens string[]
---@return string?
local function listen(on_value, tokens)
  if not on_value then
    return nil
  end
  last_token = last_token + 1
  local token = TOKENS .. last_token
  listeners[token] = on_value
  table.insert(tokens, token)
  return token
end

---Whose progress it is: that of a request or of an operation of ours, also of one that is over, or the server's own.
---@param token string|integer
---@return 'request'|'operation'|'server'
function M.kind_of(token)
  if operations[token] then
    return 'operation'
  end
  return vim.startswith(tostring(token), TOKENS) and 'request' or 'server'
end

---Give a progress value to whom it is for.
---@param params lsp.ProgressParams
function M.on_progress(params)
  local listener = listeners[params.token]
  if listener then
    listener(params.value --[[@as table]])
  end
end

---@param entry llm_ls.Pending
---@param err llm_ls.Error?
---@param result any
local function settle(entry, err, result)
  if not pending[entry] then
    return
  end
  pending[entry] = nil
  for _, token in ipairs(entry.tokens) do
    listeners[token] = nil
  end
  entry.finish(err, result)
end

---Send a request and call `callback` exactly once: with the answer, or with why there is none.
---The server is started if need be. Returns a function that cancels it, which closes the vendor's connection.
---@param method string
---@param params table
---@param callback fun(err: llm_ls.Error?, result: any)
---@param options? llm_ls.RequestOptions
---@return fun() cancel
function M.request(method, params, callback, options)
  options = options or {}
  local bufnr = options.bufnr or vim.api.nvim_get_current_buf()
  ---@type llm_ls.Pending
  local entry = { method = method, bufnr = bufnr, tokens = {}, finish = callback }
  local function cancel()
    if entry.client and entry.id and not entry.client:is_stopped() then
      entry.client:cancel_request(entry.id)
    end
    settle(entry, { code = CANCELLED, message = 'cancelled', cancelled = true })
  end
  if options.on_progress then
    entry.cancel = cancel
    entry.finish = M._told(entry, callback)
  end
  pending[entry] = true
  server.ready(bufnr, function(client, err)
    if not pending[entry] then
      return
    elseif client then
      M._send(entry, client, method, params, options)
    else
      settle(entry, err)
    end
  end)
  return cancel
end

---Tell by `User` events that a request whose answer streams begins, and how it ends.
---@param entry llm_ls.Pending
---@param callback fun(err: llm_ls.Error?, result: any)
---@return fun(err: llm_ls.Error?, result: any)
function M._told(entry, callback)
  local events = require('llm-ls.events')
  events.emit('LlmLsStart', { method = entry.method, bufnr = entry.bufnr })
  return function(err, result)
    if err and not err.cancelled then
      events.emit('LlmLsError', { method = entry.method, bufnr = entry.bufnr, message = err.message, error = err })
    end
    events.emit('LlmLsDone', { method = entry.method, bufnr = entry.bufnr, result = result })
    callback(err, result)
  end
end

---@param entry llm_ls.Pending
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param options llm_ls.RequestOptions
function M._send(entry, client, method, params, options)
  if vim.startswith(method, 'llm-ls/') and not M.supports(method) then
    local version = (server.features(client) or {}).version or 'that runs'
    local message = ('llm-ls %s is too old for this: it has no %s. '):format(version, method)
      .. 'Run `uv tool upgrade llm-ls`, then :Llm restart'
    settle(entry, { code = 0, message = message })
    return
  end
  params = vim.tbl_extend('force', vim.empty_dict(), params, {
    partialResultToken = listen(options.on_progress, entry.tokens),
    workDoneToken = listen(options.on_report, entry.tokens),
  })
  M._watch()
  ---@diagnostic disable-next-line: param-type-mismatch Neovim's types know only methods of the specification.
  local sent, id = client:request(method, params, function(err, result)
    if err then
      err = { code = err.code, message = err.message, data = err.data, cancelled = err.code == CANCELLED }
    end
    settle(entry, err, result)
  end, vim.api.nvim_buf_is_valid(entry.bufnr) and entry.bufnr or nil)
  if not sent then
    settle(entry, { code = 0, message = 'llm-ls has ended; :Llm restart starts it again' })
  end
  entry.client, entry.id = client, id
end

---Neovim keeps the answer "cancelled" to itself; that the request is over it tells by an event.
function M._watch()
  if watching then
    return
  end
  watching = true
  vim.api.nvim_create_autocmd('LspRequest', {
    group = vim.api.nvim_create_augroup('llm-ls.requests', {}),
    callback = function(event)
      if event.data.request.type ~= 'complete' then
        return
      end
      for entry in pairs(pending) do
        if entry.client and entry.client.id == event.data.client_id and entry.id == event.data.request_id then
          vim.defer_fn(function()
            settle(entry, { code = CANCELLED, message = 'cancelled', cancelled = true })
          end, GRACE_MS)
        end
      end
    end,
  })
end

---End every request of a server that has ended.
---@param id integer
---@param err llm_ls.Error
function M.on_exit(id, err)
  for _, entry in ipairs(vim.tbl_keys(pending)) do
    if entry.client and entry.client.id == id then
      settle(entry, err)
    end
  end
  for _, finish in ipairs(vim.tbl_values(operations)) do
    finish()
  end
  M.status = nil
  require('llm-ls.handlers').server_gone()
  require('llm-ls.review').server_gone()
  require('llm-ls.events').emit('LlmLsStatus', {})
end

---Run a command of the server, such as `llm-ls.explain`; what comes of it, the server shows.
---@param command string
---@param argument? table
---@param bufnr? integer
---@param callback? fun(err: llm_ls.Error?, result: any)
---@return fun() cancel
function M.command(command, argument, bufnr, callback)
  local params = { command = command, arguments = { argument or vim.empty_dict() } }
  return M.request('workspace/executeCommand', params, function(err, result)
    if callback then
      callback(err, result)
    elseif err then
      M.say(err)
    end
  end, { bufnr = bufnr })
end

---@class llm_ls.OperationOptions
---@field on_report? fun(value: table) Receives each work done progress value.
---@field on_end? fun() Called once, however it ends.

---Run a command of the server that works in the background, and listen to its progress.
---@param command string
---@param argument table
---@param bufnr integer
---@param options llm_ls.OperationOptions
function M.operation(command, argument, bufnr, options)
  local token ---@type string
  local function finish()
    if operations[token] then
      operations[token] = nil
      listeners[token] = nil
      if options.on_end then
        options.on_end()
      end
    end
  end
  token = assert(listen(function(value)
    if value.kind == 'end' then
      finish()
    elseif options.on_report then
      options.on_report(value)
    end
  end, {}))
  operations[token] = finish
  local params = {
    command = command,
    arguments = { next(argument) and argument or vim.empty_dict() },
    workDoneToken = token,
  }
  M.request('workspace/executeCommand', params, function(err, result)
    if err then
      M.say(err)
    end
    if err or not (type(result) == 'table' and result.operation) then
      finish()
    end
  end, { bufnr = bufnr })
end

---Cancel every request whose answer streams; how many there were.
---@return integer
function M.cancel_streams()
  local count = 0
  for _, entry in ipairs(vim.tbl_keys(pending)) do
    if entry.cancel then
      count = count + 1
      entry.cancel()
    end
  end
  return count
end

---Say why a request failed; nothing if the user cancelled it.
---@param err llm_ls.Error
function M.say(err)
  if not err.cancelled then
    require('llm-ls.say').error(err.message)
  end
end

return M
