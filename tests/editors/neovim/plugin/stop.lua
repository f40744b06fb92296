-- `:Llm stop` ends an edit under way; the user has typed meanwhile, and the spinner moved with the text.
t.open('sum.py', 'def add(a, b):\n    return a - b\n')
t.attach()
local function spinner()
  local namespace = vim.api.nvim_get_namespaces()['llm-ls.spinner']
  local mark = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })[1]
  return mark and { row = mark[2], text = mark[4].virt_text[1][1] }
end
vim.cmd('%Llm edit add')
t.wait('a count of tokens', function()
  return (spinner() or { text = '' }).text:find(' tok ')
end)
local seen = { row = spinner().row, text = spinner().text }
vim.api.nvim_buf_set_lines(0, 0, 0, false, { '# typed meanwhile' })
seen.moved = spinner().row
vim.cmd('Llm stop')
t.wait_entry(t.said)
seen.spinner = spinner()
seen.text_after = t.text()
seen.said = t.said
t.wait('the server to be idle', function()
  return not require('llm-ls.client').status.busy
end)
vim.cmd('Llm stop')
t.wait_entry(t.said, 2)
return seen
