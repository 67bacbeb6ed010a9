-- The tables of osTicket 1.18 that tanggap reads, and of each the columns that it reads, in their types and with the keys that its
-- statements lean on. Written for the stand-in; nothing here is osTicket's. The clock is the host's, whole seconds, without a zone.
CREATE TABLE ost_ticket (
  ticket_id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ticket_pid int(11) unsigned DEFAULT NULL,
  number varchar(20) DEFAULT NULL,
  status_id int(10) unsigned NOT NULL DEFAULT 0,
  dept_id int(10) unsigned NOT NULL DEFAULT 0,
  topic_id int(10) unsigned NOT NULL DEFAULT 0,
  staff_id int(10) unsigned NOT NULL DEFAULT 0,
  team_id int(10) unsigned NOT NULL DEFAULT 0,
  flags int(10) unsigned NOT NULL DEFAULT 0,
  ip_address varchar(64) NOT NULL DEFAULT '',
  KEY ticket_pid (ticket_pid)
);
CREATE TABLE ost_thread (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  object_id int(11) unsigned NOT NULL,
  object_type char(1) NOT NULL,
  KEY object_id (object_id),
  KEY object_type (object_type)
);
CREATE TABLE ost_thread_entry (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  pid int(11) unsigned NOT NULL DEFAULT 0,
  thread_id int(11) unsigned NOT NULL DEFAULT 0,
  staff_id int(11) unsigned NOT NULL DEFAULT 0,
  user_id int(11) unsigned NOT NULL DEFAULT 0,
  type char(1) NOT NULL DEFAULT '',
  flags int(11) unsigned NOT NULL DEFAULT 0,
  poster varchar(128) NOT NULL DEFAULT '',
  title varchar(255) DEFAULT NULL,
  body text NOT NULL,
  format varchar(16) NOT NULL DEFAULT 'html',
  ip_address varchar(64) NOT NULL DEFAULT '',
  created datetime NOT NULL,
  updated datetime NOT NULL,
  KEY pid (pid),
  KEY thread_id (thread_id),
  KEY staff_id (staff_id),
  KEY type (type)
);
CREATE TABLE ost_thread_event (
  id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  thread_id int(11) unsigned NOT NULL DEFAULT 0,
  thread_type char(1) NOT NULL DEFAULT '',
  event_id int(11) unsigned DEFAULT NULL,
  data varchar(1024) DEFAULT NULL,
  username varchar(128) NOT NULL DEFAULT 'SYSTEM',
  uid int(11) unsigned DEFAULT NULL,
  uid_type char(1) NOT NULL DEFAULT 'S',
  timestamp datetime NOT NULL,
  KEY ticket_state (thread_id, event_id, timestamp),
  KEY ticket_stats (timestamp, event_id)
);
CREATE TABLE ost_event (
  id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(60) NOT NULL UNIQUE
);
CREATE TABLE ost_ticket_status (
  id int(11) NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(60) NOT NULL DEFAULT '' UNIQUE,
  state varchar(16) DEFAULT NULL
);
CREATE TABLE ost_ticket_priority (
  priority_id tinyint(4) NOT NULL AUTO_INCREMENT PRIMARY KEY,
  priority_desc varchar(30) NOT NULL DEFAULT ''
);
CREATE TABLE ost_help_topic (
  topic_id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  topic varchar(128) NOT NULL DEFAULT ''
);
CREATE TABLE ost_department (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(128) NOT NULL DEFAULT ''
);
CREATE TABLE ost_staff (
  staff_id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  firstname varchar(32) DEFAULT NULL,
  lastname varchar(32) DEFAULT NULL,
  isactive tinyint(1) NOT NULL DEFAULT 1
);
CREATE TABLE ost_team (
  team_id int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(125) NOT NULL DEFAULT '' UNIQUE
);
CREATE TABLE ost_form_entry (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  object_id int(11) unsigned DEFAULT NULL,
  object_type char(1) NOT NULL DEFAULT 'T',
  KEY entry_lookup (object_type, object_id)
);
CREATE TABLE ost_form_entry_values (
  entry_id int(11) unsigned NOT NULL,
  field_id int(11) unsigned NOT NULL,
  value text DEFAULT NULL,
  value_id int(11) DEFAULT NULL,
  PRIMARY KEY (entry_id, field_id)
);
CREATE TABLE ost_form_field (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  form_id int(11) unsigned NOT NULL DEFAULT 2,
  type varchar(255) NOT NULL DEFAULT 'text',
  label varchar(255) NOT NULL,
  name varchar(64) NOT NULL
);
CREATE TABLE ost_config (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  namespace varchar(64) NOT NULL,
  `key` varchar(64) NOT NULL,
  value text NOT NULL,
  UNIQUE KEY namespace (namespace, `key`)
);
CREATE TABLE ost_email (
  email_id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email varchar(255) NOT NULL DEFAULT '' UNIQUE
);
CREATE TABLE ost_email_account (
  id int(11) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email_id int(11) unsigned NOT NULL,
  type enum('mailbox', 'smtp') NOT NULL DEFAULT 'mailbox',
  active tinyint(1) unsigned NOT NULL DEFAULT 0,
  KEY email_id (email_id)
);
