/* Bed planning
   owner: ignored here */
-- name: OpenBeds :many
-- owner: ward-planning
SELECT b.id, b.state AS "state; now" FROM adt.bed b WHERE b.ward_id = :ward AND b.note <> 'its; closed';

-- name: CloseBed :exec
UPDATE adt.bed SET state = 'closed' WHERE id = @bed_id;
