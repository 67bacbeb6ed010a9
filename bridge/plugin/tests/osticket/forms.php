<?php

/**
 * osTicket's forms, fields and files, as types for PHPStan (see base.php).
 */

class FormField
{
    /** @var mixed */
    public $value;

    /** @param array<string, mixed> $options */
    public function __construct($options = [])
    {
    }

    /**
     * @param string $what
     * @param mixed $default
     * @return int|string|null
     */
    public function get($what, $default = null)
    {
    }

    /**
     * @param mixed $value
     * @return mixed
     */
    public function parse($value)
    {
    }

    /**
     * @param mixed $value
     * @return array{int|string|null, int|string|null}|int|string|null
     */
    public function to_database($value)
    {
    }

    /**
     * @param class-string|false $widgetClass
     * @return ThreadEntryWidget a message's, the only one that is asked for
     */
    public function getWidget($widgetClass = false)
    {
    }
}

class TextboxField extends FormField
{
}

class FileUploadField extends FormField
{
    /**
     * @param array<string, mixed> $file
     * @return AttachmentFile
     * @throws FileUploadError
     */
    public function uploadAttachment(&$file)
    {
    }
}

class FileUploadError extends Exception
{
}

class AttachmentFile extends VerySimpleModel
{
    /** @return int */
    public function getId()
    {
    }
}

class Widget
{
}

class ThreadEntryWidget extends Widget
{
    /**
     * @param array<string, mixed>|false $config
     * @return FileUploadField
     */
    public function getAttachments($config = false)
    {
    }
}

class Form
{
    /**
     * @param string $name
     * @return FormField|null
     */
    public function getField($name)
    {
    }
}

class DynamicForm extends VerySimpleModel
{
    /**
     * @param array<string, mixed>|false $source
     * @return Form
     */
    public function getForm($source = false)
    {
    }
}

class TicketForm extends DynamicForm
{
    /** @return DynamicFormEntry */
    public static function getNewInstance()
    {
    }
}

class DynamicFormEntry extends VerySimpleModel
{
    /**
     * @param int $ticket_id
     * @param bool $force
     * @return iterable<DynamicFormEntry>
     */
    public static function forTicket($ticket_id, $force = false)
    {
    }

    /**
     * @param string $name
     * @return DynamicFormEntryAnswer|null
     */
    public function getAnswer($name)
    {
    }

    /**
     * @param string $name
     * @param mixed $value
     * @param mixed $id
     * @return void
     */
    public function setAnswer($name, $value, $id = false)
    {
    }

    /** @return iterable<FormField> */
    public function getFields()
    {
    }

    /**
     * @param array<string, mixed> $source
     * @return void
     */
    public function setSource($source)
    {
    }

    /**
     * @param int $ticket_id
     * @return void
     */
    public function setTicketId($ticket_id)
    {
    }
}

class DynamicFormEntryAnswer extends VerySimpleModel
{
    /** @return FormField */
    public function getField()
    {
    }

    /** @return Priority|string|false|null of a priority, the only one that is asked for */
    public function getValue()
    {
    }

    /** @return int|string|null */
    public function getIdValue()
    {
    }

    /**
     * @param mixed $value
     * @param mixed $id
     * @return void
     */
    public function setValue($value, $id = false)
    {
    }
}
