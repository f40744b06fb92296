-- What the server tells and asks, and who is told or asked.

local client = require('llm-ls.client')
local events = require('llm-ls.events')

local M = {}

local WIDE_ENOUGH_FOR_TWO = 120

---@type lsp.Handler
function M.progress(err, params, context)
  local value, kind = params.value, client.kind_of(params.token)
  client.on_progress(params)
  if type(value) ~= 'table' or not value.kind then
    return vim.NIL
  end
  local answer = vim.lsp.handlers['$/progress'](err, params, context)
  if kind ~= 'request' and value.kind == 'begin' then
    events.emit('LlmLsStart', { token = params.token, title = value.title })
  elseif kind ~= 'request' and value.kind == 'end' then
    events.emit('LlmLsDone', { token = params.token, title = value.title, message = value.message })
  end
  if kind == 'server' then
    require('llm-ls.progress').echo(params.token, value)
  end
  return answer
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

---The question that is on the screen, and those that come after it.
---@type llm_ls.Question?
local asked
---@type fun()[]
local waiting = {}
---How many questions a select of the user's own has on the screen.
local asked_by_others = 0

---Whether the user is asked something now.
---@return boolean
function M.is_asking()
  return asked ~= nil or asked_by_others > 0
end

---@param params lsp.ShowMessageRequestParams
---@param callback fun(index?: integer)
local function ask(params, callback)
  local titles = vim.tbl_map(function(action)
    return action.title
  end, params.actions or {})
  asked = require('llm-ls.question').ask(params.message, titles, function(index)
    asked = nil
    callback(index)
    local next_one = table.remove(waiting, 1)
    if next_one then
      next_one()
    end
  end)
end

---Neovim's own `vim.ui.select` blocks until it is answered, so that a sign-in which is approved meanwhile, or its
---code, would hang behind it: in its place the question gets a window. A select of the user's own is used as it is.
---@type lsp.Handler
function M.show_message_request(err, params, context)
  if #(params.actions or {}) == 0 or not require('llm-ls.builtin').is_own(vim.ui.select) then
    asked_by_others = asked_by_others + 1
    local answer = vim.lsp.handlers['window/showMessageRequest'](err, params, context)
    asked_by_others = asked_by_others - 1
    return answer
  end
  local running = assert(coroutine.running())
  local function show()
    ask(params, function(index)
      vim.schedule(function()
        coroutine.resume(running, params.actions[index] or vim.NIL)
      end)
    end)
  end
  if asked then
    table.insert(waiting, show)
  else
    show()
  end
  return coroutine.yield()
end

---What the server shows is opened beside the code that it is about; a page goes to the browser as ever.
---@type lsp.Handler
function M.show_document(err, params, context)
  if params.external or not vim.startswith(params.uri, 'file:') then
    return vim.lsp.handlers['window/showDocument'](err, params, context)
  end
  local before = vim.api.nvim_get_current_win()
  local bufnr = vim.uri_to_bufnr(params.uri)
  local window = vim.fn.bufwinid(bufnr)
  if window == -1 then
    local wide = vim.api.nvim_win_get_width(0) >= WIDE_ENOUGH_FOR_TWO
    vim.cmd((wide and 'rightbelow vertical' or 'rightbelow') .. ' sbuffer ' .. bufnr)
    window = vim.api.nvim_get_current_win()
    vim.bo[bufnr].buflisted = true
    vim.wo[window].wrap, vim.wo[window].linebreak = true, true
  end
  vim.api.nvim_set_current_win(params.takeFocus and window or before)
  return { success = true }
end

---The server withdraws a question, whose id Neovim keeps to itself: there is never but one on the screen.
---@type lsp.Handler
function M.cancel_request()
  if asked then
    asked.close()
  end
  return vim.NIL
end

---The server has ended, and waits for no answer any more.
function M.server_gone()
  waiting = {}
  if asked then
    asked.close()
  end
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
  local running = assert(coroutine.running())
  vim.ui.input({ prompt = params.prompt:gsub('%p?%s*$', '%0 ', 1) }, function(text)
    vim.schedule(function()
      coroutine.resume(running, text or vim.NIL)
    end)
  end)
  local text = coroutine.yield()
  return text ~= vim.NIL and { text = text } or vim.NIL
end

return M
