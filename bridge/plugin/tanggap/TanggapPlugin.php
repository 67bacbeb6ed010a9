<?php

/**
 * Tells osTicket of our endpoints. No core file is touched; the only thing kept is one table of keys.
 */

require_once INCLUDE_DIR . 'class.plugin.php';
require_once INCLUDE_DIR . 'class.signal.php';
require_once __DIR__ . '/TanggapConfig.php';
require_once __DIR__ . '/TanggapNews.php';

class TanggapPlugin extends Plugin
{
    public const VERSION = '1.1.0';

    /** The configuration of the enabled instance, for the controller. */
    public static ?TanggapConfig $settings = null;

    /**
     * osTicket never starts a plugin without a configuration class.
     *
     * @var class-string<TanggapConfig>
     */
    // phpcs:ignore PSR2.Classes.PropertyDeclaration
    public $config_class = 'TanggapConfig';

    public function isMultiInstance(): bool
    {
        return false;
    }

    public function bootstrap(): void
    {
        $settings = $this->getConfig();
        self::$settings = $settings instanceof TanggapConfig ? $settings : null;
        TanggapNews::connect();
        Signal::connect('api', function (Dispatcher $dispatcher) {
            $controller = __DIR__ . '/TanggapApi.php:TanggapApi';
            $base = '^/tickets/tanggap/v1/';
            $key = '(?P<key>[0-9a-f]{30})$';
            $dispatcher->append(url_get($base . 'health$', [$controller, 'health']));
            $dispatcher->append(url_get($base . 'catalogue$', [$controller, 'catalogue']));
            $dispatcher->append(url_get($base . 'head$', [$controller, 'head']));
            $dispatcher->append(url_get($base . 'changes$', [$controller, 'changes']));
            $dispatcher->append(url_get($base . 'tickets$', [$controller, 'tickets']));
            $dispatcher->append(url_get($base . 'tickets/' . $key, [$controller, 'find']));
            $dispatcher->append(url_post($base . 'tickets/' . $key, [$controller, 'create']));
            $dispatcher->append(url_post($base . 'entries/' . $key, [$controller, 'entry']));
            $dispatcher->append(url_post($base . 'changes/' . $key, [$controller, 'change']));
        });
    }

    /**
     * The keys go with the plugin: whoever uninstalls it, wants nothing of it left.
     *
     * @param array<string, string> $errors
     */
    public function pre_uninstall(&$errors): bool // phpcs:ignore PSR1.Methods.CamelCapsMethodName
    {
        db_query('DROP TABLE IF EXISTS `' . TABLE_PREFIX . 'tanggap_key`');
        return true;
    }
}
