-- Commands of the server that work in the background: fix, explain, document, test, complete, one's own prompts.

local client = require('llm-ls.client')
local ranges = require('llm-ls.range')
local say = require('llm-ls.say')

local M = {}

-- The server tells the end of the work a moment before the edit that came of it.
local AFTER_THE_END_MS = 1000

---Start a command on what the arguments name, and show at the place that it runs.
---@param command string
---@param arguments llm_ls.Arguments
---@param extra? table More members of the command's argument.
---@param on_end? fun() Called once, also where it could not be started.
local function start(command, arguments, extra, on_end)
  on_end = on_end or function() end
  local bufnr = arguments.bufnr
  local range = arguments.range or ranges.of_cursor()
  local version = vim.api.nvim_buf_get_changedtick(bufnr)
  require('llm-ls.server').ready(bufnr, function(ready, err)
    if err then
      client.say(err)
    end
    if not ready or not require('llm-ls.edit').unchanged(bufnr, version) then
      on_end()
      return
    end
    local lsp_range = ranges.to_lsp(bufnr, range, ready.offset_encoding)
    local argument = vim.tbl_extend('force', {
      uri = vim.uri_from_bufnr(bufnr),
      range = lsp_range,
      diagnostics = require('llm-ls.diagnostics').within(bufnr, lsp_range, ready.offset_encoding),
    }, extra or {})
    require('llm-ls.highlights').ensure()
    local spinner = require('llm-ls.spinner').start(bufnr, range, 'asking')
    client.operation(command, argument, bufnr, {
      on_report = function(value)
        spinner.text = value.message or spinner.text
      end,
      on_end = function()
        spinner:stop()
        on_end()
      end,
    })
  end)
end

---@param command string
---@return fun(arguments: llm_ls.Arguments)
local function editing(command)
  return function(arguments)
    local refusal = require('llm-ls.edit').refusal(arguments.bufnr)
    if refusal then
      say.error(refusal)
      return
    end
    local forget = arguments.bang and require('llm-ls.review').accept_next(arguments.bufnr)
    start(command, arguments, nil, function()
      if forget then
        vim.defer_fn(forget, AFTER_THE_END_MS)
      end
    end)
  end
end

M.complete = editing('llm-ls.complete')
M.document = editing('llm-ls.document')
M.next_edit = editing('llm-ls.nextEdit')

---@param arguments llm_ls.Arguments
function M.fix(arguments)
  local line = arguments.range or ranges.of_cursor()
  local found = vim.tbl_filter(function(diagnostic)
    return diagnostic.lnum <= line.end_row and (diagnostic.end_lnum or diagnostic.lnum) >= line.start_row
  end, vim.diagnostic.get(arguments.bufnr))
  if #found == 0 then
    say.info('no diagnostic is here; :Llm edit edits by an instruction')
    return
  end
  editing('llm-ls.fix')(arguments)
end

---@param arguments llm_ls.Arguments
function M.explain(arguments)
  start('llm-ls.explain', arguments)
end

---@param arguments llm_ls.Arguments
function M.test(arguments)
  start('llm-ls.test', arguments)
end

---`:Llm prompt TITLE`; without a title the user chooses among what the server offers here.
---@param arguments llm_ls.Arguments
function M.prompt(arguments)
  if arguments.text ~= '' then
    start('llm-ls.prompt', arguments, { prompt = arguments.text })
    return
  end
  M._offered(arguments, function(titles)
    if #titles == 0 then
      say.info('there is no prompt of yours; :help :Llm-prompt says how to add one')
      return
    end
    vim.ui.select(titles, { prompt = 'Prompt', kind = 'llm_prompt' }, function(title)
      if title then
        start('llm-ls.prompt', arguments, { prompt = title })
      end
    end)
  end)
end

---@param arguments llm_ls.Arguments
---@param callback fun(titles: string[])
function M._offered(arguments, callback)
  local range = arguments.range or ranges.of_cursor()
  require('llm-ls.server').ready(arguments.bufnr, function(ready, err)
    if not ready then
      client.say(assert(err))
      return
    end
    local params = {
      textDocument = { uri = vim.uri_from_bufnr(arguments.bufnr) },
      range = ranges.to_lsp(arguments.bufnr, range, ready.offset_encoding),
      context = { diagnostics = {}, triggerKind = 1 },
    }
    client.request('textDocument/codeAction', params, function(failure, actions)
      if failure then
        client.say(failure)
        return
      end
      local titles = {}
      for _, action in ipairs(actions or {}) do
        local command = type(action.command) == 'table' and action.command or action
        if command.command == 'llm-ls.prompt' then
          table.insert(titles, command.arguments[1].prompt)
        end
      end
      callback(titles)
    end, { bufnr = arguments.bufnr })
  end)
end

---`:Llm commit`: a commit message from what is staged, put at the top of a commit under edit or opened beside.
---@param arguments llm_ls.Arguments
function M.commit(arguments)
  local named = vim.bo[arguments.bufnr].buftype == '' and vim.api.nvim_buf_get_name(arguments.bufnr) ~= ''
  local uri = named and vim.uri_from_bufnr(arguments.bufnr) or vim.uri_from_fname(vim.fn.getcwd())
  client.operation('llm-ls.commitMessage', { uri = uri }, arguments.bufnr, {})
end

---`:Llm stop`: cancel everything that runs.
function M.stop()
  local running = client.get()
  local stopped = client.cancel_streams()
  if not running then
    say.info('nothing runs')
    return
  end
  client.command('llm-ls.cancel', nil, nil, function(err, result)
    if err then
      client.say(err)
    elseif stopped + (result and result.cancelled or 0) == 0 then
      say.info('nothing runs')
    else
      say.info('stopped')
    end
  end)
end

---`:Llm retry`: ask again in place of the edit at the cursor, or of the newest.
---@param arguments llm_ls.Arguments
function M.retry(arguments)
  local proposal = require('llm-ls.review').current_proposal(arguments.bufnr)
  client.operation('llm-ls.retry', { id = proposal and proposal.id }, arguments.bufnr, {})
end

return M
