-- The fenced blocks of Markdown, each as its language and text.
local blocks = require('llm-ls.chat.blocks')
local function parsed(text)
  return vim.tbl_map(function(block)
    return block.language .. ':' .. table.concat(block.lines, '|')
  end, blocks.parse(vim.split(text, '\n', { plain = true })))
end
local lines = vim.split('before\n```a\n1\n```\nbetween\n```b\n2\n```\nafter', '\n', { plain = true })
local near = {}
for row = 0, #lines - 1 do
  table.insert(near, blocks.near(lines, row).language)
end
return {
  two = parsed('```lua\na\nb\n```\ntext\n~~~\nc\n~~~'),
  nested = parsed('````md\n```py\nx\n```\n````'),
  indented = parsed('- so:\n  ```py\n  if a:\n    b\n  ```'),
  open = parsed('```py\na\nb'),
  inline = #parsed('```not a fence``` here\nor ``two`` here'),
  other_fence = parsed('```\n~~~\n```'),
  info = parsed('```python title="x.py"\na\n```'),
  empty = parsed('```\n```'),
  none = #parsed('text'),
  near = table.concat(near),
}
