-- Facts of the law that were learnt after the first releases. A row is changed where it is the one that was shipped, and
-- added where there is none of its code; the operator's own rows stay, and `netral doctor` names them.

UPDATE reference SET json =
  '{"code":"RIN-1","level":"light","label_id":"Teguran lisan","label_en":"Oral reprimand","legal_basis":"PP 94/2021 Pasal 8 ayat (2); PP 53/2010 knows the same three","regime":"all","interim_substitute":null,"employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'RIN-1' AND json =
  '{"code":"RIN-1","level":"light","label_id":"Teguran lisan","label_en":"Oral reprimand","legal_basis":"PP 94/2021 Pasal 8 ayat (2); PP 53/2010 knows the same three","regime":"all","interim_substitute":null}';

UPDATE reference SET json =
  '{"code":"RIN-2","level":"light","label_id":"Teguran tertulis","label_en":"Written reprimand","legal_basis":"PP 94/2021 Pasal 8 ayat (2); PP 53/2010 knows the same three","regime":"all","interim_substitute":null,"employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'RIN-2' AND json =
  '{"code":"RIN-2","level":"light","label_id":"Teguran tertulis","label_en":"Written reprimand","legal_basis":"PP 94/2021 Pasal 8 ayat (2); PP 53/2010 knows the same three","regime":"all","interim_substitute":null}';

UPDATE reference SET json =
  '{"code":"RIN-3","level":"light","label_id":"Pernyataan tidak puas secara tertulis","label_en":"Written statement of dissatisfaction","legal_basis":"PP 94/2021 Pasal 8 ayat (2); PP 53/2010 knows the same three","regime":"all","interim_substitute":null,"employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'RIN-3' AND json =
  '{"code":"RIN-3","level":"light","label_id":"Pernyataan tidak puas secara tertulis","label_en":"Written statement of dissatisfaction","legal_basis":"PP 94/2021 Pasal 8 ayat (2); PP 53/2010 knows the same three","regime":"all","interim_substitute":null}';

UPDATE reference SET json =
  '{"code":"SED-1","level":"medium","label_id":"Pemotongan tunjangan kinerja 25% selama 6 bulan","label_en":"25% performance-allowance cut, 6 months","legal_basis":"PP 94/2021 Pasal 8 ayat (3) huruf a","regime":"PP94_2021","interim_substitute":"P53-S1","valid_from":"2021-08-31","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'SED-1' AND json =
  '{"code":"SED-1","level":"medium","label_id":"Pemotongan tunjangan kinerja 25% selama 6 bulan","label_en":"25% performance-allowance cut, 6 months","legal_basis":"PP 94/2021 Pasal 8 ayat (3) huruf a","regime":"PP94_2021","interim_substitute":"P53-S1","valid_from":"2021-08-31"}';

UPDATE reference SET json =
  '{"code":"SED-2","level":"medium","label_id":"Pemotongan tunjangan kinerja 25% selama 9 bulan","label_en":"25% performance-allowance cut, 9 months","legal_basis":"PP 94/2021 Pasal 8 ayat (3) huruf b","regime":"PP94_2021","interim_substitute":"P53-S2","valid_from":"2021-08-31","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'SED-2' AND json =
  '{"code":"SED-2","level":"medium","label_id":"Pemotongan tunjangan kinerja 25% selama 9 bulan","label_en":"25% performance-allowance cut, 9 months","legal_basis":"PP 94/2021 Pasal 8 ayat (3) huruf b","regime":"PP94_2021","interim_substitute":"P53-S2","valid_from":"2021-08-31"}';

UPDATE reference SET json =
  '{"code":"SED-3","level":"medium","label_id":"Pemotongan tunjangan kinerja 25% selama 12 bulan","label_en":"25% performance-allowance cut, 12 months","legal_basis":"PP 94/2021 Pasal 8 ayat (3) huruf c","regime":"PP94_2021","interim_substitute":"P53-S3","valid_from":"2021-08-31","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'SED-3' AND json =
  '{"code":"SED-3","level":"medium","label_id":"Pemotongan tunjangan kinerja 25% selama 12 bulan","label_en":"25% performance-allowance cut, 12 months","legal_basis":"PP 94/2021 Pasal 8 ayat (3) huruf c","regime":"PP94_2021","interim_substitute":"P53-S3","valid_from":"2021-08-31"}';

UPDATE reference SET json =
  '{"code":"BER-1","level":"heavy","label_id":"Penurunan jabatan setingkat lebih rendah selama 12 bulan","label_en":"Demotion one level for 12 months","legal_basis":"PP 94/2021 Pasal 8 ayat (4) huruf a","regime":"PP94_2021","interim_substitute":null,"valid_from":"2021-08-31","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'BER-1' AND json =
  '{"code":"BER-1","level":"heavy","label_id":"Penurunan jabatan setingkat lebih rendah selama 12 bulan","label_en":"Demotion one level for 12 months","legal_basis":"PP 94/2021 Pasal 8 ayat (4) huruf a","regime":"PP94_2021","interim_substitute":null,"valid_from":"2021-08-31"}';

UPDATE reference SET json =
  '{"code":"BER-2","level":"heavy","label_id":"Pembebasan dari jabatannya menjadi jabatan pelaksana selama 12 bulan","label_en":"Release from post to ''pelaksana'' for 12 months","legal_basis":"PP 94/2021 Pasal 8 ayat (4) huruf b","regime":"PP94_2021","interim_substitute":null,"valid_from":"2021-08-31","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'BER-2' AND json =
  '{"code":"BER-2","level":"heavy","label_id":"Pembebasan dari jabatannya menjadi jabatan pelaksana selama 12 bulan","label_en":"Release from post to ''pelaksana'' for 12 months","legal_basis":"PP 94/2021 Pasal 8 ayat (4) huruf b","regime":"PP94_2021","interim_substitute":null,"valid_from":"2021-08-31"}';

UPDATE reference SET json =
  '{"code":"BER-3","level":"heavy","label_id":"Pemberhentian dengan hormat tidak atas permintaan sendiri sebagai PNS (PDHTAPS)","label_en":"Honourable dismissal not at own request","legal_basis":"PP 94/2021 Pasal 8 ayat (4) huruf c","regime":"PP94_2021","interim_substitute":null,"valid_from":"2021-08-31","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'BER-3' AND json =
  '{"code":"BER-3","level":"heavy","label_id":"Pemberhentian dengan hormat tidak atas permintaan sendiri sebagai PNS (PDHTAPS)","label_en":"Honourable dismissal not at own request","legal_basis":"PP 94/2021 Pasal 8 ayat (4) huruf c","regime":"PP94_2021","interim_substitute":null,"valid_from":"2021-08-31"}';

UPDATE reference SET json =
  '{"code":"PTDH","level":"dismissal","label_id":"Pemberhentian tidak dengan hormat (PTDH)","label_en":"Dishonourable dismissal","legal_basis":"UU 5/2014 Pasal 87 ayat (4) huruf c; UU 20/2023 Pasal 52 ayat (4)","regime":"all","interim_substitute":null,"employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'PTDH' AND json =
  '{"code":"PTDH","level":"dismissal","label_id":"Pemberhentian tidak dengan hormat (PTDH)","label_en":"Dishonourable dismissal","legal_basis":"UU 5/2014 Pasal 87 ayat (4) huruf c; UU 20/2023 Pasal 52 ayat (4)","regime":"all","interim_substitute":null}';

UPDATE reference SET json =
  '{"code":"PHPK-TDH","level":"dismissal","label_id":"Pemutusan hubungan perjanjian kerja tidak dengan hormat (PPPK)","label_en":"Termination of PPPK work agreement, not with honour","legal_basis":"PP 49/2018 / UU 20/2023 Pasal 52 (article unverified)","regime":"all","interim_substitute":null,"employment":"pppk"}'
WHERE kind = 'sanctions' AND code = 'PHPK-TDH' AND json =
  '{"code":"PHPK-TDH","level":"dismissal","label_id":"Pemutusan hubungan perjanjian kerja tidak dengan hormat (PPPK)","label_en":"Termination of PPPK work agreement, not with honour","legal_basis":"PP 49/2018 / UU 20/2023 Pasal 52 (article unverified)","regime":"all","interim_substitute":null}';

UPDATE reference SET json =
  '{"code":"P53-S1","level":"medium","label_id":"Penundaan kenaikan gaji berkala selama 1 tahun","label_en":"Periodic raise delayed 1 year","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'P53-S1' AND json =
  '{"code":"P53-S1","level":"medium","label_id":"Penundaan kenaikan gaji berkala selama 1 tahun","label_en":"Periodic raise delayed 1 year","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30"}';

UPDATE reference SET json =
  '{"code":"P53-S2","level":"medium","label_id":"Penundaan kenaikan pangkat selama 1 tahun","label_en":"Promotion in rank delayed 1 year","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'P53-S2' AND json =
  '{"code":"P53-S2","level":"medium","label_id":"Penundaan kenaikan pangkat selama 1 tahun","label_en":"Promotion in rank delayed 1 year","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30"}';

UPDATE reference SET json =
  '{"code":"P53-S3","level":"medium","label_id":"Penurunan pangkat setingkat lebih rendah selama 1 tahun","label_en":"Rank lowered one level for 1 year","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'P53-S3' AND json =
  '{"code":"P53-S3","level":"medium","label_id":"Penurunan pangkat setingkat lebih rendah selama 1 tahun","label_en":"Rank lowered one level for 1 year","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30"}';

UPDATE reference SET json =
  '{"code":"P53-B1","level":"heavy","label_id":"Penurunan pangkat setingkat lebih rendah selama 3 tahun","label_en":"Rank lowered one level for 3 years","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'P53-B1' AND json =
  '{"code":"P53-B1","level":"heavy","label_id":"Penurunan pangkat setingkat lebih rendah selama 3 tahun","label_en":"Rank lowered one level for 3 years","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30"}';

UPDATE reference SET json =
  '{"code":"P53-B2","level":"heavy","label_id":"Pemindahan dalam rangka penurunan jabatan setingkat lebih rendah","label_en":"Transfer with demotion one level","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'P53-B2' AND json =
  '{"code":"P53-B2","level":"heavy","label_id":"Pemindahan dalam rangka penurunan jabatan setingkat lebih rendah","label_en":"Transfer with demotion one level","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30"}';

UPDATE reference SET json =
  '{"code":"P53-B3","level":"heavy","label_id":"Pembebasan dari jabatan","label_en":"Release from post","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'P53-B3' AND json =
  '{"code":"P53-B3","level":"heavy","label_id":"Pembebasan dari jabatan","label_en":"Release from post","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30"}';

UPDATE reference SET json =
  '{"code":"P53-B4","level":"heavy","label_id":"Pemberhentian dengan hormat tidak atas permintaan sendiri sebagai PNS","label_en":"Honourable dismissal not at own request","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'P53-B4' AND json =
  '{"code":"P53-B4","level":"heavy","label_id":"Pemberhentian dengan hormat tidak atas permintaan sendiri sebagai PNS","label_en":"Honourable dismissal not at own request","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30"}';

UPDATE reference SET json =
  '{"code":"P53-B5","level":"heavy","label_id":"Pemberhentian tidak dengan hormat sebagai PNS","label_en":"Dishonourable dismissal","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30","employment":"pns"}'
WHERE kind = 'sanctions' AND code = 'P53-B5' AND json =
  '{"code":"P53-B5","level":"heavy","label_id":"Pemberhentian tidak dengan hormat sebagai PNS","label_en":"Dishonourable dismissal","legal_basis":"PP 53/2010 Pasal 7 (article unverified)","regime":"PP53_2010","interim_substitute":null,"valid_until":"2021-08-30"}';

UPDATE reference SET json =
  '{"id":19,"kind":"block","agency":"BKN","scope":"all","legal_basis":"Perpres 116/2022 Pasal 20 ayat (4); Peraturan BKN 1/2023 (in force 2023-01-10)"}'
WHERE kind = 'mandates' AND code = '19' AND json =
  '{"id":19,"kind":"block","agency":"BKN","scope":"all","legal_basis":"BKN: blocking of personnel services (I-MUT)"}';

UPDATE reference SET json =
  '{"key":"pilkada-2024","name_id":"Pemilihan Kepala Daerah Serentak 2024","kind":"pilkada","voting_on":"2024-11-27","regions_count":545,"contests":[{"key":"pilkada-2024/default","determined_on":"2024-09-22","campaign_from":"2024-09-25","campaign_until":"2024-11-23","confidence":"sourced"},{"key":"pilkada-2024/psu-16.11","voting_on":"2025-04-19","confidence":"sourced"}],"name_en":"Simultaneous regional head elections 2024"}'
WHERE kind = 'elections' AND code = 'pilkada-2024' AND json =
  '{"key":"pilkada-2024","name_id":"Pemilihan Kepala Daerah Serentak 2024","kind":"pilkada","voting_on":"2024-11-27","regions_count":545,"contests":[{"key":"pilkada-2024/default","determined_on":"2024-09-22","campaign_from":"2024-09-25","campaign_until":"2024-11-23","confidence":"sourced"}],"name_en":"Simultaneous regional head elections 2024"}';

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'sanctions', 'PPPK-R1', '', NULL,
  '{"code":"PPPK-R1","level":"light","label_id":"Teguran lisan (PPPK)","label_en":"Oral reprimand (PPPK)","legal_basis":"SE MenPANRB 11/2023: each PPK sets its own; this list is of one regency''s training material","regime":"all","interim_substitute":null,"employment":"pppk","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'sanctions' AND code = 'PPPK-R1');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'sanctions', 'PPPK-R2', '', NULL,
  '{"code":"PPPK-R2","level":"light","label_id":"Teguran tertulis (PPPK)","label_en":"Written reprimand (PPPK)","legal_basis":"SE MenPANRB 11/2023: each PPK sets its own; this list is of one regency''s training material","regime":"all","interim_substitute":null,"employment":"pppk","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'sanctions' AND code = 'PPPK-R2');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'sanctions', 'PPPK-R3', '', NULL,
  '{"code":"PPPK-R3","level":"light","label_id":"Pernyataan tidak puas secara tertulis (PPPK)","label_en":"Written statement of dissatisfaction (PPPK)","legal_basis":"SE MenPANRB 11/2023: each PPK sets its own; this list is of one regency''s training material","regime":"all","interim_substitute":null,"employment":"pppk","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'sanctions' AND code = 'PPPK-R3');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'sanctions', 'PPPK-S1', '', NULL,
  '{"code":"PPPK-S1","level":"medium","label_id":"Penundaan kenaikan gaji berkala selama 1 tahun (PPPK)","label_en":"Periodic raise delayed 1 year (PPPK)","legal_basis":"SE MenPANRB 11/2023: each PPK sets its own; this list is of one regency''s training material","regime":"all","interim_substitute":null,"employment":"pppk","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'sanctions' AND code = 'PPPK-S1');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'sanctions', 'PPPK-S2', '', NULL,
  '{"code":"PPPK-S2","level":"medium","label_id":"Penurunan golongan setingkat lebih rendah selama 1 tahun (PPPK)","label_en":"Grade lowered by one for 1 year (PPPK)","legal_basis":"SE MenPANRB 11/2023: each PPK sets its own; this list is of one regency''s training material","regime":"all","interim_substitute":null,"employment":"pppk","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'sanctions' AND code = 'PPPK-S2');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'sanctions', 'PPPK-B1', '', NULL,
  '{"code":"PPPK-B1","level":"heavy","label_id":"Pemutusan hubungan perjanjian kerja dengan hormat (PPPK)","label_en":"Termination of the work agreement with honour (PPPK)","legal_basis":"SE MenPANRB 11/2023: each PPK sets its own; this list is of one regency''s training material","regime":"all","interim_substitute":null,"employment":"pppk","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'sanctions' AND code = 'PPPK-B1');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'sanctions', 'PPPK-B2', '', NULL,
  '{"code":"PPPK-B2","level":"heavy","label_id":"Pemutusan hubungan perjanjian kerja dengan hormat tidak atas permintaan sendiri (PPPK)","label_en":"Termination of the work agreement with honour, not at own request (PPPK)","legal_basis":"SE MenPANRB 11/2023: each PPK sets its own; this list is of one regency''s training material","regime":"all","interim_substitute":null,"employment":"pppk","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'sanctions' AND code = 'PPPK-B2');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'sanctions', 'PPPK-B3', '', NULL,
  '{"code":"PPPK-B3","level":"heavy","label_id":"Pemutusan hubungan perjanjian kerja tidak dengan hormat (PPPK)","label_en":"Termination of the work agreement without honour (PPPK)","legal_basis":"SE MenPANRB 11/2023: each PPK sets its own; this list is of one regency''s training material","regime":"all","interim_substitute":null,"employment":"pppk","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'sanctions' AND code = 'PPPK-B3');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'elections', 'national-2029', '', NULL,
  '{"key":"national-2029","name_id":"Pemilihan Umum Nasional 2029","kind":"national","contests":[{"key":"national-2029/president","confidence":"unsure"},{"key":"national-2029/dpr","confidence":"unsure"},{"key":"national-2029/dpd","confidence":"unsure"}],"name_en":"National election 2029 (MK 135/PUU-XXII/2024)"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'elections' AND code = 'national-2029');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'elections', 'regional-2031', '', NULL,
  '{"key":"regional-2031","name_id":"Pemilihan Umum Daerah 2031","kind":"regional","contests":[{"key":"regional-2031/dprd","confidence":"unsure"},{"key":"regional-2031/heads","confidence":"unsure"}],"name_en":"Regional election 2031, year unsure (MK 135/PUU-XXII/2024)"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'elections' AND code = 'regional-2031');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'office', '', NULL,
  '{"code":"office","label_id":"Mendapatkan atau mempertahankan jabatan; karier","label_en":"Getting or keeping a post; career","source":"KASN study of 2018; KASN survey published 2021-12-20, several answers: 49.72 %","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'office');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'economic', '', NULL,
  '{"code":"economic","label_id":"Materi atau proyek","label_en":"Money or projects","source":"KASN study of 2018","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'economic');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'family', '', NULL,
  '{"code":"family","label_id":"Hubungan keluarga atau kekerabatan","label_en":"Kinship","source":"KASN study of 2018; KASN survey published 2021-12-20, several answers: 50.76 %","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'family');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'ignorance', '', NULL,
  '{"code":"ignorance","label_id":"Kurang memahami aturan","label_en":"Too little known of the rules","source":"KASN study of 2018","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'ignorance');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'superior', '', NULL,
  '{"code":"superior","label_id":"Tekanan atasan","label_en":"Pressure by superiors","source":"KASN study of 2018","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'superior');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'integrity', '', NULL,
  '{"code":"integrity","label_id":"Kurang integritas","label_en":"Lack of integrity","source":"KASN study of 2018","confidence":"unsure"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'integrity');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'shared_background', '', NULL,
  '{"code":"shared_background","label_id":"Kesamaan latar belakang pendidikan atau profesi","label_en":"Shared education or profession","source":"KASN survey published 2021-12-20, several answers: 16.84 %","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'shared_background');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'debt_of_gratitude', '', NULL,
  '{"code":"debt_of_gratitude","label_id":"Utang budi","label_en":"Debt of gratitude","source":"KASN survey published 2021-12-20, several answers: 9.50 %","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'debt_of_gratitude');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'motives', 'candidate_pressure', '', NULL,
  '{"code":"candidate_pressure","label_id":"Tekanan pasangan calon","label_en":"Pressure by candidates","source":"KASN survey published 2021-12-20, several answers: 7.48 %","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'motives' AND code = 'candidate_pressure');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'sbt', '2023-03-21', NULL,
  '{"code":"sbt","label_id":"Sistem Berbagi Terintegrasi (SBT)","label_en":"National sharing system (SBT)","source":"In use since 2023-03-21","confidence":"full","valid_from":"2023-03-21"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'sbt');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'sigaplapor', '', NULL,
  '{"code":"sigaplapor","label_id":"SigapLapor (Bawaslu)","label_en":"SigapLapor (Bawaslu)","source":"Bawaslu","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'sigaplapor');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'siapnet', '2023-01-31', '2024-12-31',
  '{"code":"siapnet","label_id":"SIAPNET (KASN)","label_en":"SIAPNET (KASN)","source":"KASN; last day unsure","confidence":"unsure","valid_from":"2023-01-31","valid_until":"2024-12-31"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'siapnet');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'sinergi_asn', '2025-11-13', NULL,
  '{"code":"sinergi_asn","label_id":"Sinergi ASN (BKN)","label_en":"Sinergi ASN (BKN)","source":"BKN","confidence":"full","valid_from":"2025-11-13"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'sinergi_asn');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'sp4n_lapor', '', NULL,
  '{"code":"sp4n_lapor","label_id":"SP4N-LAPOR!","label_en":"SP4N-LAPOR!","source":"PANRB","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'sp4n_lapor');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'letter', '', NULL,
  '{"code":"letter","label_id":"Surat","label_en":"Letter","source":"Working rule of this service","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'letter');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'media', '', NULL,
  '{"code":"media","label_id":"Pemberitaan media","label_en":"Media reports","source":"Working rule of this service","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'media');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'public', '', NULL,
  '{"code":"public","label_id":"Formulir publik layanan ini","label_en":"Public form of this service","source":"Working rule of this service","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'public');

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'source-channels', 'other', '', NULL,
  '{"code":"other","label_id":"Lainnya","label_en":"Other","source":"Working rule of this service","confidence":"full"}',
  (SELECT max(position) FROM reference) + 1
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'source-channels' AND code = 'other');
