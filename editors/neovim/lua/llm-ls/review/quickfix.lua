-- The quickfix list of hunks, kept where edits of several files are under review.

local M = {}

---@type integer? The id of our list.
local list

---@param proposal llm_ls.Proposal
---@param hunk llm_ls.Hunk
---@param number integer
---@param count integer
---@return string
local function text_of(proposal, hunk, number, count)
  local does = require('llm-ls.review.files').label(proposal)
  if does and hunk.whole then
    return ('%s: %s'):format(proposal.title, does)
  end
  local line = vim.trim(hunk.new[1] or hunk.old[1] or '')
  return ('%s, hunk %d/%d: %s'):format(proposal.title, number, count, line)
end

---Put the hunks that are pending now into the list.
function M.update()
  local review = require('llm-ls.review')
  local items, files = {}, {}
  for _, entry in ipairs(review.all()) do
    files[entry.bufnr] = true
    for number, hunk in ipairs(entry.hunks) do
      table.insert(items, {
        bufnr = entry.bufnr,
        lnum = hunk.row + 1,
        text = text_of(entry.proposal, hunk, number, #entry.hunks),
      })
    end
    for _, row in ipairs(require('llm-ls.review.misfits').rows(entry.proposal.id)) do
      local text = entry.proposal.title .. ': no longer fits, since its lines changed'
      table.insert(items, { bufnr = entry.bufnr, lnum = row + 1, type = 'W', text = text })
    end
  end
  local known = list and vim.fn.getqflist({ id = list }).id == list
  if vim.tbl_count(files) < 2 and not known then
    return
  end
  vim.fn.setqflist({}, known and 'r' or ' ', {
    id = known and list or nil,
    title = 'llm-ls: hunks under review',
    items = items,
  })
  if not known then
    list = vim.fn.getqflist({ id = 0 }).id
    require('llm-ls.say').info('edits of several files are under review; :copen lists their hunks')
  end
end

return M
