-- `workspace/applyEdit`: edits of the server are made, or it is told why not.

local answers = require('llm-ls.review.answers')
local say = require('llm-ls.say')

local M = {}

---@class llm_ls.Change One file's part of an edit.
---@field kind? 'create'|'rename'|'delete' Nil changes the text.
---@field uri string
---@field new_uri? string Of a file that is renamed.
---@field operation? table What is done with the file, as it came.
---@field edits? lsp.TextEdit[]
---@field version? integer
---@field bufnr? integer Whose text is changed; nil if the file is created first.

---@param edit lsp.WorkspaceEdit
---@return llm_ls.Change[]
local function changes_of(edit)
  local changes, created = {}, {}
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.kind then
      if change.kind == 'create' then
        created[change.uri] = true
      end
      table.insert(changes, {
        kind = change.kind,
        uri = change.uri or change.oldUri,
        new_uri = change.newUri,
        operation = change,
      })
    else
      local document = change.textDocument
      table.insert(changes, { uri = document.uri, version = document.version, edits = change.edits })
    end
  end
  if not edit.documentChanges then
    for uri, edits in pairs(edit.changes or {}) do
      table.insert(changes, { uri = uri, edits = edits })
    end
  end
  for _, change in ipairs(changes) do
    if change.edits and not created[change.uri] then
      change.bufnr = require('llm-ls.review').buffer_of(change.uri)
    end
  end
  return changes
end

---@param uri string
---@return boolean
local function exists(uri)
  return vim.uv.fs_lstat(vim.uri_to_fname(uri)) ~= nil
end

---@param change llm_ls.Change
---@return string? why it cannot be made
local function refusal(change)
  local name = vim.fn.fnamemodify(vim.uri_to_fname(change.uri), ':~:.')
  local target = change.kind == 'create' and change.uri or change.new_uri
  if change.kind and change.kind ~= 'create' and not exists(change.uri) then
    return ('%s is no longer there'):format(name)
  elseif target and exists(target) then
    return ('%s is there already'):format(vim.fn.fnamemodify(vim.uri_to_fname(target), ':~:.'))
  elseif not change.bufnr then
    return nil
  elseif change.version and change.version ~= vim.NIL and change.version ~= vim.lsp.util.buf_versions[change.bufnr] then
    return ('the text of %s has changed meanwhile'):format(name)
  end
  return require('llm-ls.edit').refusal(change.bufnr)
end

---@param bufnr integer
---@param edits lsp.TextEdit[]
---@param encoding 'utf-8'|'utf-16'|'utf-32'
local function change_text(bufnr, edits, encoding)
  local options = vim.bo[bufnr]
  local readonly = options.readonly
  options.readonly = false
  vim.api.nvim_buf_call(bufnr, function()
    if answers.joins(bufnr) then
      pcall(vim.cmd.undojoin)
    end
    vim.lsp.util.apply_text_edits(edits, bufnr, encoding)
  end)
  options.readonly = readonly
  if readonly then
    say.info('the file is read-only; the edit is in the buffer, and :w! writes it')
  end
  answers.made(bufnr)
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

---@param client vim.lsp.Client
---@param change llm_ls.Change
local function make(client, change)
  if change.operation then
    vim.lsp.util.apply_workspace_edit({ documentChanges = { change.operation } }, client.offset_encoding)
    return
  end
  local bufnr = change.bufnr or require('llm-ls.review').buffer_of(change.uri)
  change_text(bufnr, assert(change.edits), client.offset_encoding)
  -- Neovim takes the line that an empty file has not for one that stays behind what is put before it.
  if not change.bufnr and vim.api.nvim_buf_line_count(bufnr) > 1 and vim.bo[bufnr].fixendofline then
    if vim.api.nvim_buf_get_lines(bufnr, -2, -1, false)[1] == '' then
      vim.api.nvim_buf_set_lines(bufnr, -2, -1, false, {})
    end
  end
  tell_at_once(client, bufnr)
end

---@param err? lsp.ResponseError
---@param params lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.apply(err, params, context)
  if params.edit.changeAnnotations then
    return vim.lsp.handlers['workspace/applyEdit'](err, params, context)
  end
  local changes = changes_of(params.edit)
  for index, change in ipairs(changes) do
    local reason = refusal(change)
    if reason then
      return { applied = false, failureReason = reason, failedChange = index - 1 }
    end
  end
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  for index, change in ipairs(changes) do
    local made, problem = pcall(make, client, change)
    if not made then
      return { applied = false, failureReason = tostring(problem), failedChange = index - 1 }
    end
  end
  return { applied = true }
end

return M
