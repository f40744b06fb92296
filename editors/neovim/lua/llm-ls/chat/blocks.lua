-- Fenced code blocks of Markdown.

local M = {}

---@class llm_ls.chat.Block Rows from 0, those of the fences; `last` is the row after the text if it is not closed yet.
---@field first integer
---@field last integer
---@field lines string[]
---@field language string

---@param lines string[]
---@param indent integer
---@return string[]
local function outdented(lines, indent)
  return vim.tbl_map(function(line)
    local spaces = #(line:match('^ *') or '')
    return line:sub(math.min(indent, spaces) + 1)
  end, lines)
end

---@class llm_ls.chat.Fence
---@field row integer
---@field mark string The backticks or tildes.
---@field indent integer
---@field info string What follows them.

---@param line string
---@param row integer
---@return llm_ls.chat.Fence?
local function fence_of(line, row)
  local indent, mark, info = line:match('^( *)([`~]+)[ \t]*(.-)[ \t]*$')
  if not (indent and mark and info) or #mark < 3 or mark ~= mark:sub(1, 1):rep(#mark) then
    return nil
  end
  -- What a line of text holds within backticks begins like a fence, too.
  local inline = mark:sub(1, 1) == '`' and info:find('`', 1, true)
  return not inline and { row = row, mark = mark, indent = #indent, info = info } or nil
end

---All blocks of `lines`, in order.
---@param lines string[]
---@return llm_ls.chat.Block[]
function M.parse(lines)
  local blocks = {}
  local open ---@type llm_ls.chat.Fence?
  for row = 0, #lines do
    local line = lines[row + 1]
    local fence = line and fence_of(line, row)
    if open then
      local closes = fence and fence.info == '' and vim.startswith(fence.mark, open.mark)
      if closes or not line then
        table.insert(blocks, {
          first = open.row,
          last = row,
          lines = outdented(vim.list_slice(lines, open.row + 2, row), open.indent),
          language = open.info:match('^%S*') or '',
        })
        open = nil
      end
    else
      open = fence
    end
  end
  return blocks
end

---The block around `row`, else the next one, else the one before.
---@param lines string[]
---@param row integer
---@return llm_ls.chat.Block?
function M.near(lines, row)
  local before ---@type llm_ls.chat.Block?
  for _, block in ipairs(M.parse(lines)) do
    if row <= block.last then
      return block
    end
    before = block
  end
  return before
end

return M
