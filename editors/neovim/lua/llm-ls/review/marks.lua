-- Draws a proposal in the buffer: lines that go are coloured, lines that come stand below them as virtual lines.

local words = require('llm-ls.review.words')

local M = {}

local namespace = vim.api.nvim_create_namespace('llm-ls.review')
---@class llm_ls.Tail The last virtual lines of a hunk, below which the keys are named.
---@field row integer
---@field above boolean Whether they stand above the row.
---@field lines table[]
---@field mark? integer

local PRIORITY = 190
local MOST_LINES_MATCHED = 60

---@param bufnr integer
function M.clear(bufnr)
  if vim.api.nvim_buf_is_valid(bufnr) then
    vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  end
end

---Colour the bytes of one node.
---@param groups table<integer, table<integer, string>>
---@param lines string[]
---@param node TSNode
---@param group string
local function paint(groups, lines, node, group)
  local first_row, first_col, last_row, last_col = node:range()
  for row = first_row, last_row do
    local line = groups[row + 1] or {}
    groups[row + 1] = line
    for col = row == first_row and first_col + 1 or 1, row == last_row and last_col or #(lines[row + 1] or '') do
      line[col] = group
    end
  end
end

---The highlight groups of `lines` by tree-sitter, by line and byte from 1; none where there is no parser.
---@param bufnr integer
---@param lines string[]
---@return table<integer, table<integer, string>>
local function syntax(bufnr, lines)
  local groups = {}
  local language = vim.treesitter.language.get_lang(vim.bo[bufnr].filetype)
  local query = language and vim.treesitter.language.add(language) and vim.treesitter.query.get(language, 'highlights')
  if not language or not query then
    return groups
  end
  local text = table.concat(lines, '\n')
  local tree = assert(vim.treesitter.get_string_parser(text, language):parse())[1]
  for capture, node in query:iter_captures(tree:root(), text) do
    local name = query.captures[capture] or '_'
    if name:sub(1, 1) ~= '_' and name ~= 'spell' and name ~= 'nospell' then
      paint(groups, lines, node, ('@%s.%s'):format(name, language))
    end
  end
  return groups
end

---@param bufnr integer
---@param line string
---@param groups table<integer, string>
---@param marked table<integer, true> Bytes that differ.
---@return table[] chunks of a virtual line, with tabs as the buffer shows them
local function chunks_of(bufnr, line, groups, marked)
  local chunks, column, from = {}, 0, 1
  local function look(at)
    return groups[at] or '', marked[at] and 'LlmLsAddText' or 'LlmLsAdd'
  end
  local tabstop = vim.bo[bufnr].tabstop
  while from <= #line do
    local group, back = look(from)
    local to = from
    while to < #line do
      local next_group, next_back = look(to + 1)
      if next_group ~= group or next_back ~= back then
        break
      end
      to = to + 1
    end
    local piece = line:sub(from, to):gsub('[^\t]*\t?', function(part)
      column = column + vim.api.nvim_strwidth((part:gsub('\t', '')))
      if part:sub(-1) ~= '\t' then
        return part
      end
      local pad = tabstop - column % tabstop
      column = column + pad
      return part:sub(1, -2) .. (' '):rep(pad)
    end)
    table.insert(chunks, { piece, group ~= '' and { back, group } or back })
    from = to + 1
  end
  table.insert(chunks, { (' '):rep(math.max(1, vim.o.columns - column)), 'LlmLsAdd' })
  return chunks
end

---A hunk in the pieces that really differ: a rewritten passage comes as one hunk, with lines in it that stay.
---@param hunk llm_ls.Hunk
---@return llm_ls.Hunk[]
local function pieces_of(hunk)
  if #hunk.old == 0 or #hunk.new == 0 then
    return { hunk }
  end
  local before, after = table.concat(hunk.old, '\n') .. '\n', table.concat(hunk.new, '\n') .. '\n'
  local options = { result_type = 'indices', algorithm = 'histogram', linematch = MOST_LINES_MATCHED }
  local pieces = {} ---@type llm_ls.Hunk[]
  for _, change in ipairs(words.diff(before, after, options)) do
    local old_first, old_count, new_first, new_count = words.parts(change)
    local row = hunk.row + old_first - (old_count > 0 and 1 or 0)
    local old = vim.list_slice(hunk.old, old_first, old_first + old_count - 1)
    local new = vim.list_slice(hunk.new, new_first, new_first + new_count - 1)
    local last = pieces[#pieces]
    if last and last.row + #last.old == row and (last.first or 0) + #last.new == new_first then
      vim.list_extend(last.old, old)
      vim.list_extend(last.new, new)
    else
      table.insert(pieces, { id = hunk.id, row = row, old = old, new = new, first = new_first })
    end
  end
  return pieces
end

---@param bufnr integer
---@param piece llm_ls.Hunk
---@param groups table<integer, table<integer, string>> Of the lines of the whole hunk.
---@param come llm_ls.Mark[]
---@return table[] virtual lines
local function added(bufnr, piece, groups, come)
  local marked = {}
  for _, mark in ipairs(come) do
    marked[mark.line] = marked[mark.line] or {}
    for col = mark.first + 1, mark.last do
      marked[mark.line][col] = true
    end
  end
  local lines = {}
  for number, line in ipairs(piece.new) do
    lines[number] = chunks_of(bufnr, line, groups[(piece.first or 1) + number - 1] or {}, marked[number] or {})
  end
  return lines
end

---@param bufnr integer
---@param piece llm_ls.Hunk
---@param gone llm_ls.Mark[]
local function colour(bufnr, piece, gone)
  for index = 1, #piece.old do
    vim.api.nvim_buf_set_extmark(bufnr, namespace, piece.row + index - 1, 0, {
      end_row = piece.row + index,
      hl_group = 'LlmLsDelete',
      hl_eol = true,
      priority = PRIORITY,
      strict = false,
    })
  end
  for _, mark in ipairs(gone) do
    vim.api.nvim_buf_set_extmark(bufnr, namespace, piece.row + mark.line - 1, mark.first, {
      end_col = mark.last,
      hl_group = 'LlmLsDeleteText',
      priority = PRIORITY + 1,
    })
  end
end

---@param bufnr integer
---@param hunk llm_ls.Hunk
---@return llm_ls.Tail
function M.draw(bufnr, hunk)
  local groups = syntax(bufnr, hunk.new)
  local tail = { row = hunk.row, above = false, lines = {} } ---@type llm_ls.Tail
  for _, piece in ipairs(pieces_of(hunk)) do
    local gone, come = words.changed(piece.old, piece.new)
    colour(bufnr, piece, gone)
    local row = piece.row + #piece.old - 1
    tail = { row = math.max(row, 0), above = row < 0, lines = added(bufnr, piece, groups, come) }
    M.stand(bufnr, tail)
  end
  return tail
end

---Put virtual lines where they come to stand, or others in their place.
---@param bufnr integer
---@param tail llm_ls.Tail
---@param hint? table[] Chunks of a line below them.
function M.stand(bufnr, tail, hint)
  local lines = vim.list_extend({}, tail.lines)
  table.insert(lines, hint)
  local row = tail.mark and vim.api.nvim_buf_get_extmark_by_id(bufnr, namespace, tail.mark, {})[1] or tail.row
  tail.mark = vim.api.nvim_buf_set_extmark(bufnr, namespace, row, 0, {
    id = tail.mark,
    virt_lines = lines,
    virt_lines_above = tail.above,
    priority = PRIORITY,
    strict = false,
  })
  if tail.above then
    M._scroll_to_first(bufnr, #lines)
  end
end

---Neovim shows virtual lines above the first line only when it is told to.
---@param bufnr integer
---@param count integer
function M._scroll_to_first(bufnr, count)
  for _, window in ipairs(vim.fn.win_findbuf(bufnr)) do
    vim.api.nvim_win_call(window, function()
      local view = vim.fn.winsaveview()
      if view.topline == 1 and (view.topfill or 0) < count then
        vim.fn.winrestview({ topfill = count })
      end
    end)
  end
end

return M
