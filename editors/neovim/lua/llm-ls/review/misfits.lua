-- Hunks that fit no more, since the user changed their lines: told with their file, and kept until they are rejected.

local M = {}

---The rows where they were last, by the id of the proposal and their own.
---@type table<string, table<string, integer>?>
local known = {}

---Take in what the server says of an edit, and say what of it has ceased to fit.
---@param proposal llm_ls.Proposal
---@param before? llm_ls.Hunk[] Where its hunks were.
function M.note(proposal, before)
  local rows, new = {}, 0
  local earlier = known[proposal.id] or {}
  for _, id in ipairs(proposal.failedHunks or {}) do
    rows[id] = earlier[id] or 0
    for _, hunk in ipairs(before or {}) do
      rows[id] = hunk.id == id and hunk.row or rows[id]
    end
    new = new + (earlier[id] and 0 or 1)
  end
  known[proposal.id] = rows
  if new > 0 and (#proposal.hunks == 0 or proposal.changeSet) then -- else the hint at the next hunk says so
    local name = vim.fn.fnamemodify(vim.uri_to_fname(proposal.uri), ':~:.')
    local what = new == 1 and 'a hunk no longer fits, since its lines'
      or new .. ' hunks no longer fit, since their lines'
    local again = proposal.changeSet and '' or ':Llm retry asks again, '
    local drop = #proposal.hunks == 0 and ':Llm reject' or ':Llm reject file'
    require('llm-ls.say').warn(('%s: %s changed; %s%s there drops it'):format(name, what, again, drop))
  end
end

---The rows where the hunks of an edit were that fit no more.
---@param id string
---@return integer[]
function M.rows(id)
  local rows = vim.tbl_values(known[id] or {})
  table.sort(rows)
  return rows
end

---@param id string
function M.forget(id)
  known[id] = nil
end

return M
