-- Due date of a clock that is paused, and of the period of appeal, which next_due_on leaves out.
ALTER TABLE case_record ADD COLUMN paused_due_on TEXT;
ALTER TABLE case_record ADD COLUMN appeal_due_on TEXT;

-- Earlier releases know no pauses; their clocks read 'kind start due unit stop;', that of the appeal last.
UPDATE case_record SET appeal_due_on = substr(clocks, instr(clocks, 'appeal_filing ') + 25, 10)
WHERE clocks LIKE '%appeal_filing % -;';

CREATE INDEX case_record_paused ON case_record (paused_due_on) WHERE paused_due_on IS NOT NULL;
CREATE INDEX case_record_appeal ON case_record (appeal_due_on) WHERE appeal_due_on IS NOT NULL;
-- Which clock runs follows from the stage.
CREATE INDEX case_record_stage_due ON case_record (stage, next_due_on) WHERE next_due_on IS NOT NULL;
