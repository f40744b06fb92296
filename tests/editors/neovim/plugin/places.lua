-- Where an edit cannot be made, or only just: buffers that are not modifiable, read-only, no file, or have no name.
local seen = {}
local function llm(command)
  local count = #t.said
  vim.cmd(command)
  return t.wait_entry(t.said, count + 1)
end

t.open('sum.py', 'def add(a, b):\n    return a - b\n')
t.attach()
vim.bo.modifiable = false
seen.nomodifiable = llm('%Llm edit add')
vim.bo.modifiable = true
vim.cmd('%Llm edit add')
t.hunks(1)
vim.bo.modifiable = false
local count = #t.said
t.press('\\A')
seen.nomodifiable_while_reviewed = t.wait_entry(t.said, count + 1)
seen.still_reviewed = #t.hunks(1)
vim.bo.modifiable, vim.bo.readonly = true, true
t.press('\\A')
t.hunks(0)
seen.readonly, seen.still_readonly = t.text(), vim.bo.readonly
t.wait('a word', function()
  return t.said[#t.said]:find('read%-only')
end)

vim.cmd.enew()
vim.cmd('setlocal buftype=nofile')
seen.nofile = llm('%Llm edit add')

vim.cmd.enew()
vim.bo.filetype = 'python'
vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'def add(a, b):', '    return a - b' })
vim.cmd('%Llm edit add')
t.hunks(1)
t.press('\\A')
t.hunks(0)
seen.unnamed = t.text()

seen.unknown = llm('Llm frobnicate')
seen.nothing = llm('Llm accept')
vim.cmd('bwipeout!')
return seen
