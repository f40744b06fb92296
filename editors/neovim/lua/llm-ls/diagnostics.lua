-- All diagnostics that Neovim knows, of whatever source: it sends a server only that server's own.

local M = {}

---@param diagnostic vim.Diagnostic
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return lsp.Diagnostic
local function to_lsp(diagnostic, encoding)
  local own = vim.tbl_get(diagnostic, 'user_data', 'lsp') or {}
  local range = {
    start_row = diagnostic.lnum,
    start_col = diagnostic.col,
    end_row = diagnostic.end_lnum or diagnostic.lnum,
    end_col = diagnostic.end_col or diagnostic.col,
  }
  return {
    range = require('llm-ls.range').to_lsp(diagnostic.bufnr, range, encoding),
    message = diagnostic.message,
    severity = diagnostic.severity,
    source = diagnostic.source,
    code = diagnostic.code or own.code,
  }
end

---The diagnostics on the lines of `lsp_range`.
---@param bufnr integer
---@param lsp_range lsp.Range
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return lsp.Diagnostic[]
function M.within(bufnr, lsp_range, encoding)
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(bufnr)) do
    local last = diagnostic.end_lnum or diagnostic.lnum
    if diagnostic.lnum <= lsp_range['end'].line and last >= lsp_range.start.line then
      table.insert(found, to_lsp(diagnostic, encoding))
    end
  end
  return found
end

---The params of `textDocument/codeAction` with what other sources say of the range.
---@param params lsp.CodeActionParams
---@return lsp.CodeActionParams
function M.added_to(params)
  local client = require('llm-ls.client').get()
  local bufnr = vim.uri_to_bufnr(params.textDocument.uri)
  if not client or not vim.api.nvim_buf_is_loaded(bufnr) then
    return params
  end
  local context = vim.deepcopy(params.context)
  local known = context.diagnostics or {}
  for _, diagnostic in ipairs(M.within(bufnr, params.range, client.offset_encoding)) do
    local same = vim.tbl_filter(function(other)
      return other.message == diagnostic.message and vim.deep_equal(other.range, diagnostic.range)
    end, known)
    if #same == 0 then
      table.insert(known, diagnostic)
    end
  end
  context.diagnostics = known
  return vim.tbl_extend('force', params, { context = context }) --[[@as lsp.CodeActionParams]]
end

return M
