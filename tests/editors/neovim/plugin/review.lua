-- An edit by an instruction is reviewed: one hunk accepted, one rejected, one accepted, and all undone with one u.
local before = 'one = 1\nzero = 0\ntwo = 2\nnil = 0\nthree = 3\n'
t.open('numbers.py', before)
t.attach()
vim.keymap.set('n', ']h', '<Nop>', { buffer = true, desc = 'the one before' })
vim.cmd('%Llm edit make them floats')
local hunks = t.hunks(3)
local during = vim.fn.maparg(']h', 'n', false, true).desc
local seen = { rows = {}, title = require('llm-ls.review').all()[1].proposal.title, keys_before = during }
for _, place in ipairs(hunks) do
  table.insert(seen.rows, place.hunk.row)
end
t.press('gg\\a')
t.hunks(2)
seen.one = t.text()
t.press('\\x')
t.hunks(1)
seen.rejected = t.text()
t.press('\\a')
t.hunks(0)
seen.after = t.text()
seen.keys_after = vim.fn.maparg(']h', 'n', false, true).desc
seen.accept_after = vim.fn.maparg('\\a', 'n')
seen.marks = #vim.api.nvim_buf_get_extmarks(0, -1, 0, -1, {})
vim.cmd.undo()
seen.undone = t.text()
seen.events = vim.tbl_map(function(event)
  return event.name .. (event.data.state and ' ' .. event.data.state or '')
end, t.events)
seen.said = t.said
return seen
