<?php

/**
 * Sets what osTicket's panel sets, by osTicket's own methods, and logs it as the panel would.
 */
class TanggapSetting
{
    public function __construct(private Ticket $ticket, private Staff $agent)
    {
    }

    public function id(string $field, int $value): void
    {
        $errors = [];
        match ($field) {
            'status' => $this->ticket->setStatus($value, '', $errors, false, true),
            'reopen' => $this->ticket->reopen(),
            'priority' => $this->priority($value),
            'agent' => $value
                ? $this->ticket->assignToStaff($value, '', false, $this->agent)
                : $this->release('setStaffId'),
            'team' => $value
                ? $this->ticket->assignToTeam($value, '', false, $this->agent)
                : $this->release('setTeamId'),
            'topic' => $this->topic($value),
            'department' => $this->department($value),
            'sla' => $this->sla($value),
            default => null,
        };
    }

    public function custom(string $name, string $text, string $before): void
    {
        foreach (DynamicFormEntry::forTicket($this->ticket->getId()) as $form) {
            $answer = $form->getAnswer($name);
            if (!$answer) {
                continue;
            }
            $field = $answer->getField();
            // A list takes an item's key and gives its text back; to set the text itself clears it.
            $stored = $field->to_database($field->parse(self::key($field, $text)));
            $value = is_array($stored) ? $stored[0] : $stored;
            if (TanggapChange::shown((string) $value) !== $text) {
                throw new TanggapRefusal(422, 'kept', "the field $name offers no such value");
            }
            is_array($stored) ? $answer->setValue($stored[0], $stored[1]) : $answer->setValue($stored);
            $answer->save(true);
            $change = [$field->get('id') => [$before, $text]];
            $this->ticket->logEvent('edited', ['fields' => $change], $this->agent);
            return;
        }
        throw new TanggapRefusal(422, 'validation', "the ticket's form has no field $name");
    }

    /** What a field that offers a choice calls the item that people read so. */
    private static function key(object $field, string $text): string
    {
        $choices = method_exists($field, 'getChoices') ? $field->getChoices() : [];
        foreach (is_array($choices) ? $choices : [] as $key => $words) {
            if ((is_scalar($words) || $words instanceof Stringable) && (string) $words === $text) {
                return (string) $key;
            }
        }
        return $text;
    }

    private function priority(int $value): void
    {
        $priority = Priority::lookup($value);
        if (!$priority) {
            return;
        }
        foreach (DynamicFormEntry::forTicket($this->ticket->getId()) as $form) {
            $answer = $form->getAnswer('priority');
            if ($answer) {
                $before = [(string) $answer->getValue(), (int) $answer->getIdValue()];
                $answer->setValue($priority->getDesc(), $value);
                $answer->save(true);
                $fields = [$answer->getField()->get('id') => [$before, [$priority->getDesc(), $value]]];
                $this->ticket->logEvent('edited', ['fields' => $fields], $this->agent);
                return;
            }
        }
    }

    private function release(string $method): void
    {
        if ($this->ticket->$method(0)) {
            $this->ticket->logEvent('released', [], $this->agent);
        }
    }

    private function topic(int $value): void
    {
        $before = (int) $this->ticket->getTopicId();
        if (Topic::lookup($value)) {
            $this->ticket->topic_id = $value;
            $this->ticket->save();
            $this->ticket->logEvent('edited', ['topic_id' => [$before, $value]], $this->agent);
        }
    }

    private function department(int $value): void
    {
        $department = Dept::lookup($value);
        if ($department && $this->ticket->setDeptId($value)) {
            $this->ticket->logEvent('transferred', ['dept' => $department->getName()], $this->agent);
        }
    }

    private function sla(int $value): void
    {
        $before = (int) $this->ticket->getSLAId();
        if ($this->ticket->setSLAId($value)) {
            $this->ticket->logEvent('edited', ['sla_id' => [$before, $value]], $this->agent);
            $this->ticket->updateEstDueDate();
        }
    }
}
