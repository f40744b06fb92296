-- Files that an edit under review creates, renames or deletes: how that is told, and where it is shown.

local M = {}

---What a new file would hold, by the id of the proposal.
---@type table<string, integer?>
local drafts = {}

---@param uri string
---@return string
local function name_of(uri)
  return vim.fn.fnamemodify(vim.uri_to_fname(uri), ':~:.')
end

---What becomes of the file beside its text, in a few words.
---@param proposal llm_ls.Proposal
---@return string?
function M.label(proposal)
  local operation = proposal.operation
  if not operation then
    return nil
  elseif operation.kind == 'rename' then
    return ('rename %s to %s'):format(name_of(proposal.uri), name_of(assert(operation.newUri)))
  end
  return ('%s %s'):format(operation.kind, name_of(proposal.uri))
end

---Whether only the whole can be accepted.
---@param proposal llm_ls.Proposal
---@return boolean
function M.is_whole(proposal)
  local operation = proposal.operation
  return operation ~= nil and (operation.kind ~= 'rename' or #proposal.hunks == 0)
end

---The place of what is done with the file itself, where no hunk of its text stands for that.
---@param proposal llm_ls.Proposal
---@return llm_ls.Hunk?
function M.hunk(proposal)
  if proposal.operation and (proposal.operation.kind == 'create' or #proposal.hunks == 0) then
    return { id = proposal.id, row = 0, old = {}, new = {}, whole = true }
  end
end

---Whether a buffer only shows what a new file would hold.
---@param bufnr integer
---@return boolean
function M.is_draft(bufnr)
  return vim.iter(drafts):any(function(_, draft)
    return draft == bufnr
  end)
end

---The buffer that an edit is reviewed in. A file that is not there yet has none: opened, it would be there.
---@param proposal llm_ls.Proposal
---@return integer
function M.buffer(proposal)
  if not (proposal.operation and proposal.operation.kind == 'create') then
    return require('llm-ls.review').buffer_of(proposal.uri)
  end
  local known = drafts[proposal.id]
  if known and vim.api.nvim_buf_is_valid(known) then
    return known
  end
  local bufnr = vim.api.nvim_create_buf(true, true)
  drafts[proposal.id] = bufnr
  pcall(vim.api.nvim_buf_set_name, bufnr, ('llm-ls://%s/%s'):format(proposal.id, name_of(proposal.uri)))
  local text = table.concat(vim.tbl_map(function(hunk)
    return hunk.newText
  end, proposal.hunks))
  local lines = vim.split((text:gsub('\r\n', '\n'):gsub('\n$', '')), '\n', { plain = true })
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].filetype = vim.filetype.match({ filename = vim.uri_to_fname(proposal.uri), buf = bufnr }) or ''
  vim.bo[bufnr].modifiable = false
  return bufnr
end

---Say where an edit is that nobody sees.
---@param proposal llm_ls.Proposal
---@param bufnr integer
function M.announce(proposal, bufnr)
  if proposal.changeSet and #proposal.changeSet.files == 1 and vim.fn.bufwinid(bufnr) == -1 then
    local title = proposal.changeSet.title
    require('llm-ls.say').info(('an edit is under review, :Llm next goes there: %s'):format(title))
  end
end

---An edit is pending no more: what showed a new file shows the file, or goes.
---@param proposal llm_ls.Proposal
function M.settle(proposal)
  local bufnr = drafts[proposal.id]
  drafts[proposal.id] = nil
  if not bufnr or not vim.api.nvim_buf_is_valid(bufnr) then
    return
  end
  local path = vim.uri_to_fname(proposal.uri)
  if vim.uv.fs_stat(path) then
    for _, window in ipairs(vim.fn.win_findbuf(bufnr)) do
      vim.api.nvim_win_set_buf(window, require('llm-ls.review').buffer_of(proposal.uri))
    end
  end
  vim.schedule(function()
    pcall(vim.api.nvim_buf_delete, bufnr, { force = true })
  end)
end

return M
