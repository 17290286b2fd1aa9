-- Due date of a clock that is paused, which next_due_on leaves out. Cases of earlier releases have none.
ALTER TABLE case_record ADD COLUMN paused_due_on TEXT;

CREATE INDEX case_record_paused ON case_record (paused_due_on) WHERE paused_due_on IS NOT NULL;
-- Which clock runs follows from the stage.
CREATE INDEX case_record_stage_due ON case_record (stage, next_due_on) WHERE next_due_on IS NOT NULL;
