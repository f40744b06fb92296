-- A line of virtual text beside the code that a model is at work on; it moves with the code.

local M = {}

local FRAMES = { '⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏' }
local FRAME_MS = 80
local namespace = vim.api.nvim_create_namespace('llm-ls.spinner')

---@class llm_ls.Spinner
---@field bufnr integer
---@field text string
---@field package mark integer
---@field package timer uv.uv_timer_t
---@field package frame integer
local Spinner = {}
Spinner.__index = Spinner

---@param bufnr integer
---@param range llm_ls.Range What is worked on.
---@param text string
---@return llm_ls.Spinner
function M.start(bufnr, range, text)
  local last = math.min(range.end_row, vim.api.nvim_buf_line_count(bufnr) - 1)
  if range.end_col == 0 and last > range.start_row then
    last = last - 1
  end
  local timer = assert(vim.uv.new_timer())
  local self = setmetatable({ bufnr = bufnr, text = text, frame = 0, timer = timer }, Spinner)
  self.mark = vim.api.nvim_buf_set_extmark(bufnr, namespace, last, 0, {})
  self:draw()
  timer:start(
    FRAME_MS,
    FRAME_MS,
    vim.schedule_wrap(function()
      if not timer:is_closing() then
        self:draw()
      end
    end)
  )
  return self
end

function Spinner:draw()
  local place = vim.api.nvim_buf_is_valid(self.bufnr)
    and vim.api.nvim_buf_get_extmark_by_id(self.bufnr, namespace, self.mark, {})
  if not place or not place[1] then
    self:stop()
    return
  end
  self.frame = self.frame % #FRAMES + 1
  vim.api.nvim_buf_set_extmark(self.bufnr, namespace, place[1], place[2], {
    id = self.mark,
    virt_text = { { ('  %s %s '):format(FRAMES[self.frame], self.text), 'LlmLsHint' } },
    virt_text_pos = 'eol',
    hl_mode = 'combine',
  })
end

function Spinner:stop()
  if not self.timer:is_closing() then
    self.timer:stop()
    self.timer:close()
  end
  if vim.api.nvim_buf_is_valid(self.bufnr) then
    vim.api.nvim_buf_del_extmark(self.bufnr, namespace, self.mark)
  end
end

return M
