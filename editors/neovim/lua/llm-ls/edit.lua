-- `:Llm edit`: the text and an instruction go to the server, and its proposal to the review.

local client = require('llm-ls.client')
local ranges = require('llm-ls.range')
local say = require('llm-ls.say')

local M = {}

---@param bufnr integer
---@return string
local function project_of(bufnr)
  return vim.fs.root(bufnr, { '.llm-ls.toml', '.git' }) or vim.fn.getcwd()
end

---@param bufnr integer
---@return string? why it cannot be edited
function M.refusal(bufnr)
  if not vim.bo[bufnr].modifiable then
    local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':t')
    return ("%s is not modifiable ('modifiable' is off), so nothing can be edited in it"):format(
      name ~= '' and name or 'this buffer'
    )
  elseif vim.bo[bufnr].buftype ~= '' then
    return ('a buffer of type %q is no file, so the server does not see it'):format(vim.bo[bufnr].buftype)
  end
end

---@param arguments llm_ls.Arguments
function M.command(arguments)
  local refusal = M.refusal(arguments.bufnr)
  if refusal then
    say.error(refusal)
    return
  end
  local range = arguments.range or ranges.of_cursor()
  if arguments.text ~= '' then
    require('llm-ls.history').add(project_of(arguments.bufnr), arguments.text)
    M.edit(arguments.bufnr, range, arguments.text, { apply = arguments.bang })
    return
  end
  local version = vim.api.nvim_buf_get_changedtick(arguments.bufnr)
  require('llm-ls.history').ask(project_of(arguments.bufnr), 'Edit: ', function(text)
    if not text then
      return
    elseif not vim.api.nvim_buf_is_valid(arguments.bufnr) then
      say.error('the buffer is gone, so nothing was asked')
    elseif vim.api.nvim_buf_get_changedtick(arguments.bufnr) ~= version then
      say.error('the text has changed while you were asked; select it again')
    else
      M.edit(arguments.bufnr, range, text, { apply = arguments.bang })
    end
  end)
end

---Have `range` edited by `instruction`. Returns a function that cancels it.
---@param bufnr integer
---@param range llm_ls.Range
---@param instruction string
---@param options? {apply?: boolean, model?: string}
---@return fun() cancel
function M.edit(bufnr, range, instruction, options)
  options = options or {}
  require('llm-ls.highlights').ensure()
  local spinner = require('llm-ls.spinner').start(bufnr, range, 'starting llm-ls')
  local cancel = function() end
  require('llm-ls.server').ready(bufnr, function(ready, err)
    if not ready then
      spinner:stop()
      client.say(assert(err))
      return
    end
    spinner.text = 'asking'
    cancel = M._ask(ready, bufnr, spinner, range, instruction, options)
  end)
  return function()
    spinner:stop()
    cancel()
  end
end

---@param ready vim.lsp.Client
---@param bufnr integer
---@param spinner llm_ls.Spinner
---@param range llm_ls.Range
---@param instruction string
---@param options {apply?: boolean, model?: string}
---@return fun() cancel
function M._ask(ready, bufnr, spinner, range, instruction, options)
  local lsp_range = ranges.to_lsp(bufnr, range, ready.offset_encoding)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    range = lsp_range,
    instruction = instruction,
    model = options.model,
    review = options.apply and 'apply' or nil,
    diagnostics = require('llm-ls.diagnostics').within(bufnr, lsp_range, ready.offset_encoding),
  }
  return client.request('llm-ls/edit', params, function(err, result)
    spinner:stop()
    if err then
      client.say(err)
    elseif result.proposal and not result.applied then
      require('llm-ls.review').show(result.proposal)
    end
  end, {
    bufnr = bufnr,
    on_progress = function(event)
      if event.type == 'notice' then
        spinner.text = event.message
      end
    end,
    on_report = function(value)
      if value.message then
        spinner.text = value.message
      end
    end,
  })
end

return M
