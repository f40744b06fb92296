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
  local bufnr = arguments.bufnr
  local refusal = M.refusal(bufnr)
  if refusal then
    say.error(refusal)
    return
  end
  local range = arguments.range or ranges.of_cursor()
  if arguments.text ~= '' then
    require('llm-ls.history').add(project_of(bufnr), arguments.text)
    M._edit(bufnr, range, arguments.text, arguments.bang)
    return
  end
  local version = vim.api.nvim_buf_get_changedtick(bufnr)
  require('llm-ls.history').ask(project_of(bufnr), 'Edit: ', function(text)
    if text and M.unchanged(bufnr, version) then
      M._edit(bufnr, range, text, arguments.bang)
    end
  end)
end

---Whether the text is as it was at `version`, so that a range still names what it did; else it is said.
---@param bufnr integer
---@param version integer Its changedtick then.
---@return boolean
function M.unchanged(bufnr, version)
  if vim.api.nvim_buf_is_valid(bufnr) and vim.api.nvim_buf_get_changedtick(bufnr) == version then
    return true
  end
  say.error('the text has changed meanwhile, so nothing was asked; select it again')
  return false
end

---Have `range` edited by `instruction`.
---@param bufnr integer
---@param range llm_ls.Range
---@param instruction string
---@param unseen boolean Whether the edit is made without a review.
function M._edit(bufnr, range, instruction, unseen)
  require('llm-ls.highlights').ensure()
  local version = vim.api.nvim_buf_get_changedtick(bufnr)
  local spinner = require('llm-ls.spinner').start(bufnr, range, 'starting llm-ls')
  require('llm-ls.server').ready(bufnr, function(ready, err)
    if not ready then
      spinner:stop()
      client.say(assert(err))
    elseif not M.unchanged(bufnr, version) then
      spinner:stop()
    else
      spinner.text = 'asking'
      M._ask(ready, bufnr, spinner, range, instruction, unseen)
    end
  end)
end

---@param ready vim.lsp.Client
---@param bufnr integer
---@param spinner llm_ls.Spinner
---@param range llm_ls.Range
---@param instruction string
---@param unseen boolean
function M._ask(ready, bufnr, spinner, range, instruction, unseen)
  local lsp_range = ranges.to_lsp(bufnr, range, ready.offset_encoding)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    range = lsp_range,
    instruction = instruction,
    review = unseen and 'apply' or nil,
    diagnostics = require('llm-ls.diagnostics').within(bufnr, lsp_range, ready.offset_encoding),
  }
  client.request('llm-ls/edit', params, function(err, result)
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
