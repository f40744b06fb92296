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

---All blocks of `lines`, in order.
---@param lines string[]
---@return llm_ls.chat.Block[]
function M.parse(lines)
  local blocks = {}
  local open ---@type {row: integer, fence: string, indent: integer, language: string}?
  for row = 0, #lines do
    local line = lines[row + 1]
    local indent, fence, info = (line or ''):match('^( *)([`~]+)[ \t]*(.-)[ \t]*$')
    local fences = fence and #fence >= 3 and (fence:find('^`+$') or fence:find('^~+$'))
    if open then
      local closes = fences and info == '' and fence:sub(1, 1) == open.fence:sub(1, 1) and #fence >= #open.fence
      if closes or not line then
        local inside = vim.list_slice(lines, open.row + 2, row)
        table.insert(blocks, {
          first = open.row,
          last = row,
          lines = outdented(inside, open.indent),
          language = open.language,
        })
        open = nil
      end
    elseif fences and not (fence:sub(1, 1) == '`' and info:find('`', 1, true)) then
      open = { row = row, fence = fence, indent = #indent, language = info:match('^%S*') or '' }
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
