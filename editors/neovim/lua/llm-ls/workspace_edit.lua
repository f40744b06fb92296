-- `workspace/applyEdit`: edits of the server are made, or it is told why not.

local answers = require('llm-ls.review.answers')
local say = require('llm-ls.say')

local M = {}

---@param edit lsp.WorkspaceEdit
---@return {bufnr: integer, edits: lsp.TextEdit[], version?: integer}[]? nil: it does more than change text
local function changes_of(edit)
  local changes = {}
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.kind then
      return nil
    end
    local document = change.textDocument
    table.insert(changes, { uri = document.uri, version = document.version, edits = change.edits })
  end
  if not edit.documentChanges then
    for uri, edits in pairs(edit.changes or {}) do
      table.insert(changes, { uri = uri, edits = edits })
    end
  end
  for _, change in ipairs(changes) do
    change.bufnr = require('llm-ls.review').buffer_of(change.uri)
  end
  return changes
end

---@param change {bufnr: integer, edits: lsp.TextEdit[], version?: integer}
---@return string? why it cannot be made
local function refusal(change)
  if change.version and change.version ~= vim.NIL and change.version ~= vim.lsp.util.buf_versions[change.bufnr] then
    return 'the text has changed meanwhile'
  end
  return require('llm-ls.edit').refusal(change.bufnr)
end

---@param change {bufnr: integer, edits: lsp.TextEdit[]}
---@param encoding 'utf-8'|'utf-16'|'utf-32'
local function make(change, encoding)
  local options = vim.bo[change.bufnr]
  local readonly = options.readonly
  options.readonly = false
  vim.api.nvim_buf_call(change.bufnr, function()
    if answers.joins(change.bufnr) then
      pcall(vim.cmd.undojoin)
    end
    vim.lsp.util.apply_text_edits(change.edits, change.bufnr, encoding)
  end)
  options.readonly = readonly
  if readonly then
    say.info('the file is read-only; the edit is in the buffer, and :w! writes it')
  end
  answers.made(change.bufnr)
end

---Neovim gathers changes for 150 ms, within which an undo would hide from the server that the edit was made.
---@param client vim.lsp.Client
---@param bufnr integer
local function tell_at_once(client, bufnr)
  local ok, tracking = pcall(require, 'vim.lsp._changetracking')
  if ok then
    tracking.flush(client, bufnr)
  end
end

---@param err? lsp.ResponseError
---@param params lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.apply(err, params, context)
  local edit = params.edit
  local changes = changes_of(edit)
  if not changes or edit.changeAnnotations then
    return vim.lsp.handlers['workspace/applyEdit'](err, params, context)
  end
  for _, change in ipairs(changes) do
    local reason = refusal(change)
    if reason then
      return { applied = false, failureReason = reason }
    end
  end
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  for _, change in ipairs(changes) do
    make(change, client.offset_encoding)
    tell_at_once(client, change.bufnr)
  end
  return { applied = true }
end

return M
