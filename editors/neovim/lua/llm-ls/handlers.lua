-- What the server tells and asks, and who is told or asked.

local client = require('llm-ls.client')
local events = require('llm-ls.events')

local M = {}

---@type lsp.Handler
function M.progress(err, params, context)
  local value = params.value
  local heard = client.on_progress(params)
  if type(value) ~= 'table' or not value.kind then
    return vim.NIL
  end
  if not heard and value.kind == 'begin' then
    events.emit('LlmLsStart', { token = params.token, title = value.title })
  elseif not heard and value.kind == 'end' then
    events.emit('LlmLsDone', { token = params.token, message = value.message })
  end
  return vim.lsp.handlers['$/progress'](err, params, context)
end

---@type lsp.Handler
function M.show_message(_, params)
  local say = require('llm-ls.say')
  if params.type == vim.lsp.protocol.MessageType.Error then
    events.emit('LlmLsError', { message = params.message })
    say.error(params.message)
  elseif params.type == vim.lsp.protocol.MessageType.Warning then
    say.warn(params.message)
  else
    say.info(params.message)
  end
  return vim.NIL
end

---@type lsp.Handler
function M.show_message_request(err, params, context)
  return vim.lsp.handlers['window/showMessageRequest'](err, params, context)
end

---@type lsp.Handler
function M.status(_, params)
  local model = client.status and client.status.model
  client.status = params
  events.emit('LlmLsStatus', params)
  if params.model ~= model then
    events.emit('LlmLsModel', { model = params.model })
  end
  return vim.NIL
end

---@type lsp.Handler
function M.proposal(_, params)
  require('llm-ls.review').show(params)
  return vim.NIL
end

---@type lsp.Handler
function M.input(_, params)
  local running = coroutine.running()
  vim.ui.input({ prompt = params.prompt .. ': ' }, function(text)
    vim.schedule(function()
      coroutine.resume(running, text or vim.NIL)
    end)
  end)
  local text = coroutine.yield()
  return text ~= vim.NIL and { text = text } or vim.NIL
end

return M
