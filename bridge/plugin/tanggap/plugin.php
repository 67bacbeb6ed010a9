<?php

/**
 * What osTicket's list of plugins shows. osTicket 1.17 and later, PHP 8.
 */

return [
    'id' => 'tanggap:bridge',
    'version' => '1.1.0',
    'ost_version' => '1.17',
    'name' => 'tanggap',
    'author' => 'tanggap',
    'description' => 'Endpoint REST untuk tanggap: setiap tulisan sekali saja, di bawah kuncinya. '
        . 'REST endpoints for tanggap: every write done once, under its key.',
    'plugin' => 'TanggapPlugin.php:TanggapPlugin',
];
