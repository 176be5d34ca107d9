SELECT patient, id, day,
       day - (SELECT day FROM visits b WHERE b.patient = a.patient AND (b.day, b.id) < (a.day, a.id)
              ORDER BY b.day DESC, b.id DESC LIMIT 1) AS gap
FROM visits a
WHERE (SELECT count(*) FROM visits b WHERE b.patient = a.patient AND (b.day, b.id) > (a.day, a.id)) < 2
ORDER BY patient, day DESC, id DESC;
