<?php

/**
 * What a request asks for, read strictly: what is not what it must be is refused by its name, never taken for another
 * thing or for nothing.
 */
class TanggapWanted
{
    /**
     * The text under this name, or `$default` where nothing stands there.
     *
     * @param array<mixed> $wanted
     * @throws TanggapRefusal 422
     */
    public static function text(array $wanted, string $name, string $default = ''): string
    {
        $value = $wanted[$name] ?? $default;
        if (!is_string($value)) {
            throw new TanggapRefusal(422, 'validation', "$name is not a text");
        }
        return $value;
    }

    /**
     * The list or object under this name, empty where nothing stands there.
     *
     * @param array<mixed> $wanted
     * @return array<mixed>
     * @throws TanggapRefusal 422
     */
    public static function items(array $wanted, string $name): array
    {
        $value = $wanted[$name] ?? [];
        if (!is_array($value)) {
            throw new TanggapRefusal(422, 'validation', "$name is not a list");
        }
        return $value;
    }
}
