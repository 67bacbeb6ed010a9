<?php

/**
 * What an administrator may choose.
 */

require_once INCLUDE_DIR . 'class.plugin.php';
require_once INCLUDE_DIR . 'class.forms.php';

class TanggapConfig extends PluginConfig
{
    /** @return array<string, FormField> */
    public function getOptions(): array
    {
        return [
            'agent' => new TextboxField([
                'label' => 'Agen / Agent',
                'hint' => 'Nama pengguna agen yang menjadi penulis catatan tanggap. '
                    . 'User name of the agent who signs what tanggap writes.',
                'required' => true,
                'configuration' => ['size' => 30, 'length' => 32],
            ]),
        ];
    }
}
