-- The text under review is changed by the user, the file on disk, and undo; its buffer is closed and opened again.
local before = 'one = 1\nzero = 0\ntwo = 2\nnil = 0\nthree = 3\n'
local review = require('llm-ls.review')
local function rows()
  return vim.tbl_map(function(place)
    return place.hunk.row
  end, review.places(vim.api.nvim_get_current_buf()))
end
local function wait_rows(...)
  local wanted = { ... }
  t.wait('hunks at ' .. table.concat(wanted, ', '), function()
    return vim.deep_equal(rows(), wanted)
  end)
end
local seen = {}

t.open('numbers.py', before)
t.attach()
vim.cmd('%Llm edit make them floats')
t.hunks(3)

vim.api.nvim_buf_set_lines(0, 0, 0, false, { '# above' })
wait_rows(1, 3, 5)
vim.api.nvim_buf_set_lines(0, 3, 4, false, { 'two = 22' })
wait_rows(1, 5)
seen.failed = #review.all()[1].proposal.failedHunks
vim.cmd.undo()
vim.cmd.undo()
wait_rows(0, 2, 4)

vim.cmd.write()
local file = assert(io.open(vim.api.nvim_buf_get_name(0), 'wb'))
file:write('# from elsewhere\n' .. before)
file:close()
vim.uv.fs_utime(vim.api.nvim_buf_get_name(0), os.time() + 10, os.time() + 10)
vim.o.autoread = true
vim.cmd.checktime()
wait_rows(1, 3, 5)
seen.reloaded = t.text()

local path = vim.api.nvim_buf_get_name(0)
vim.cmd('bwipeout')
t.wait('the marks to be forgotten', function()
  return #review.all() == 0
end)
vim.cmd.edit(path)
wait_rows(1, 3, 5)
t.press('\\A')
t.hunks(0)
seen.after = t.text()
vim.cmd.undo()
seen.undone = t.text()
seen.said = t.said
return seen
